"""Which sources teach, the rows that decisions make, and trainings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, true, update

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.learning import Answer, LearntRow, Problem, Training, TrainingState
from bot.domain.post import SourceKind
from bot.domain.receipt import DisputeState
from bot.domain.referral import ReferralState
from bot.storage.store import AnyRow, Store
from bot.storage.tables import (
    cards,
    disputes,
    learning_sources,
    posts,
    referrals,
    reviews,
    revisions,
    training_votes,
    trainings,
)

_CLOSED = (CaseState.CONFIRMED, CaseState.REFERRED, CaseState.KEPT, CaseState.DISMISSED)
_UNDER_WAY = (TrainingState.OWED, TrainingState.RUNNING)


class LearningStore(Store):
    # --- sources ----------------------------------------------------------------------------

    async def switch(self, source: SourceKind, on: bool, by: int, now: datetime) -> bool:
        """Lets a source teach, or not; whether that changed anything."""
        before = await self._connection.scalar(
            select(learning_sources.c.is_on).where(learning_sources.c.source == source)
        )
        if bool(before) == on:
            return False
        values = {"is_on": on, "changed_by": by, "changed_at": now}
        if before is None:
            await self._connection.execute(insert(learning_sources).values(source=source, **values))
        else:
            await self._connection.execute(
                update(learning_sources).where(learning_sources.c.source == source).values(values)
            )
        return True

    async def sources_on(self) -> list[SourceKind]:
        rows = await self._connection.scalars(
            select(learning_sources.c.source)
            .where(learning_sources.c.is_on)
            .order_by(learning_sources.c.source)
        )
        return [SourceKind(source) for source in rows]

    async def on_since(self) -> datetime | None:
        """Since when some source has been teaching; None while none is."""
        since: datetime | None = await self._connection.scalar(
            select(func.min(learning_sources.c.changed_at)).where(learning_sources.c.is_on)
        )
        return since

    # --- rows -------------------------------------------------------------------------------

    async def rows(self, until: datetime | None = None) -> list[LearntRow]:
        """What closed cards teach, by the order of the cards.

        until: later decisions are left for the next training; None for none.

        Not: cards of sources that are off, words that were forgotten, decisions that were not to
        teach, undone (their card is open again), withdrawn or agreed to be a mistake; those last
        ones teach the other way. Whose row it is: who made the last look. A recipient's "actioned"
        is no label.
        """
        last_look = (
            select(func.max(reviews.c.id))
            .where(
                reviews.c.card_id == cards.c.id,
                reviews.c.revision_id == cards.c.revision_id,
                reviews.c.stands,
                reviews.c.choice.in_((Choice.CONFIRM, Choice.DISMISS)),
            )
            .correlate(cards)
            .scalar_subquery()
        )
        first_decided_at = (
            select(func.min(reviews.c.decided_at))
            .where(reviews.c.card_id == cards.c.id)
            .correlate(cards)
            .scalar_subquery()
        )
        withdrawn = select(referrals.c.card_id).where(referrals.c.state == ReferralState.WITHDRAWN)
        mistaken = (
            select(referrals.c.card_id)
            .join(disputes, disputes.c.referral_id == referrals.c.id)
            .where(disputes.c.state == DisputeState.AGREED)
        )
        not_teaching = select(reviews.c.card_id).where(
            reviews.c.stands, reviews.c.teaches.is_(False)
        )
        found = await self._connection.execute(
            select(
                cards.c.id,
                reviews.c.person_id,
                revisions.c.text,
                cards.c.harm,
                cards.c.purpose,
                first_decided_at.label("first_decided_at"),
            )
            .join(reviews, reviews.c.id == last_look)
            .join(revisions, revisions.c.id == cards.c.revision_id)
            .join(posts, posts.c.id == cards.c.post_id)
            .join(
                learning_sources,
                and_(learning_sources.c.source == posts.c.source, learning_sources.c.is_on),
            )
            .where(
                cards.c.state.in_(_CLOSED),
                cards.c.id.not_in(withdrawn),
                cards.c.id.not_in(mistaken),
                func.trim(revisions.c.text) != "",
                cards.c.id.not_in(not_teaching),
                reviews.c.decided_at <= until if until is not None else true(),
            )
            .order_by(cards.c.id)
        )
        return [_learnt(row) for row in found] + await self._agreed_mistakes(until)

    async def _agreed_mistakes(self, until: datetime | None) -> list[LearntRow]:
        """Posts that a recipient called "not violating" and a moderator agreed: not propaganda.

        Whose row it is: that moderator's. What a recipient says alone teaches nothing.
        """
        first = (
            select(func.min(disputes.c.id))
            .join(referrals, referrals.c.id == disputes.c.referral_id)
            .where(disputes.c.state == DisputeState.AGREED)
            .group_by(referrals.c.card_id)
        )
        first_decided_at = (
            select(func.min(reviews.c.decided_at))
            .where(reviews.c.card_id == referrals.c.card_id)
            .correlate(referrals)
            .scalar_subquery()
        )
        found = await self._connection.execute(
            select(
                referrals.c.card_id,
                disputes.c.decided_by,
                revisions.c.text,
                first_decided_at.label("first_decided_at"),
            )
            .join(referrals, referrals.c.id == disputes.c.referral_id)
            .join(revisions, revisions.c.id == referrals.c.revision_id)
            .join(posts, posts.c.id == referrals.c.post_id)
            .join(
                learning_sources,
                and_(learning_sources.c.source == posts.c.source, learning_sources.c.is_on),
            )
            .where(
                disputes.c.id.in_(first),
                func.trim(revisions.c.text) != "",
                disputes.c.decided_at <= until if until is not None else true(),
            )
            .order_by(disputes.c.id)
        )
        return [
            LearntRow(row.card_id, row.decided_by, row.text, None, None, row.first_decided_at)
            for row in found
        ]

    # --- trainings --------------------------------------------------------------------------

    async def ask(self, by: int | None, now: datetime) -> int | None:
        """Owes a training; None while another is under way. The caller holds the audit log."""
        busy = await self._connection.scalar(
            select(trainings.c.id).where(trainings.c.state.in_(_UNDER_WAY)).limit(1)
        )
        if busy is not None:
            return None
        asked = await self._connection.execute(
            insert(trainings)
            .values(state=TrainingState.OWED, asked_by=by, asked_at=now)
            .returning(trainings.c.id)
        )
        return int(asked.scalar_one())

    async def in_state(self, *states: TrainingState) -> list[Training]:
        """Trainings in these states, oldest first."""
        rows = await self._connection.execute(
            select(trainings).where(trainings.c.state.in_(states)).order_by(trainings.c.id)
        )
        return [_training(row) for row in rows]

    async def training(self, training_id: int) -> Training | None:
        """A training, locked until the transaction ends."""
        asked = select(trainings).where(trainings.c.id == training_id).with_for_update()
        row = (await self._connection.execute(asked)).one_or_none()
        return _training(row) if row else None

    async def newest(self) -> Training | None:
        asked = select(trainings).order_by(trainings.c.id.desc()).limit(1)
        row = (await self._connection.execute(asked)).one_or_none()
        return _training(row) if row else None

    async def last_timetabled(self) -> datetime | None:
        """When the timetable asked for a training last."""
        last: datetime | None = await self._connection.scalar(
            select(func.max(trainings.c.asked_at)).where(trainings.c.asked_by.is_(None))
        )
        return last

    async def taught_at(self, version: str) -> datetime | None:
        """When the decisions were read that this model learnt from; None for a model that no
        training here made."""
        latest: datetime | None = await self._connection.scalar(
            select(func.max(trainings.c.taught_at)).where(trainings.c.candidate == version)
        )
        return latest

    async def move(
        self,
        training_id: int,
        state: TrainingState,
        *,
        problem: Problem | None = None,
        **changed: Any,
    ) -> None:
        """Puts a training into a state; changed: further columns by their names."""
        await self._connection.execute(
            update(trainings)
            .where(trainings.c.id == training_id)
            .values(state=state, problem=problem, **changed)
        )

    async def vote(self, training_id: int, person_id: int, answer: Answer, now: datetime) -> bool:
        """Keeps an admin's answer; False where this one had answered before."""
        kept = await self._connection.execute(
            self._insert_new(training_votes)
            .values(training_id=training_id, person_id=person_id, answer=answer, voted_at=now)
            .returning(training_votes.c.training_id)
        )
        return kept.scalar_one_or_none() is not None

    async def voters(self, training_id: int, answer: Answer) -> Sequence[int]:
        """Who gave this answer, first come first."""
        found = await self._connection.scalars(
            select(training_votes.c.person_id)
            .where(training_votes.c.training_id == training_id, training_votes.c.answer == answer)
            .order_by(training_votes.c.voted_at, training_votes.c.person_id)
        )
        return found.all()


def _learnt(row: AnyRow) -> LearntRow:
    return LearntRow(
        row.id,
        row.person_id,
        row.text,
        HarmCode(row.harm) if row.harm else None,
        PurposeCode(row.purpose) if row.purpose else None,
        row.first_decided_at,
    )


def _training(row: AnyRow) -> Training:
    return Training(
        row.id,
        TrainingState(row.state),
        row.asked_by,
        row.asked_at,
        row.attempts,
        row.candidate,
        row.champion,
        row.taught_at,
    )
