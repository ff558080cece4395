"""Which card comes next, who holds it, and which ones have waited too long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update

from bot.domain.case import OPEN_STATES, Choice
from bot.domain.targets import NEAR, Call, Targets
from bot.storage.cards import KeptCard, kept_card
from bot.storage.store import Store
from bot.storage.tables import calls, cards, channels, posts, reviews, revisions


@dataclass(frozen=True)
class Overdue:
    """A card that people are to be called about."""

    card_id: int
    case_id: int
    is_urgent: bool
    due_at: datetime


class QueueStore(Store):
    async def next_for(self, person_id: int, now: datetime, targets: Targets) -> KeptCard | None:
        """The next card to deal to a person.

        Threats to life first; then what is past its target, then what is near it; among equals
        what was seen by most people (or, where nobody counts, may have been), then the highest
        score, then the oldest. Never one that the person has looked at, nor one that somebody else
        holds just now.
        """
        looked = exists().where(
            reviews.c.card_id == cards.c.id,
            reviews.c.revision_id == cards.c.revision_id,
            reviews.c.person_id == person_id,
            reviews.c.stands,
        )
        is_free = or_(
            cards.c.claimed_until.is_(None),
            cards.c.claimed_until <= now,
            cards.c.claimed_by == person_id,
        )
        lateness = case((cards.c.due_at <= now, 0), (_is_near(now, targets), 1), else_=2)
        row = (
            await self._connection.execute(
                select(cards)
                .join(posts, posts.c.id == cards.c.post_id)
                .join(channels, channels.c.id == posts.c.channel_id)
                .where(and_(cards.c.state.in_(OPEN_STATES), is_free, ~looked))
                .order_by(
                    cards.c.is_urgent.desc(),
                    lateness,
                    func.coalesce(posts.c.views, channels.c.subscribers, 0).desc(),
                    cards.c.score.desc(),
                    cards.c.opened_at,
                    cards.c.id,
                )
                .limit(1)
                .with_for_update(skip_locked=True, of=cards)
            )
        ).one_or_none()
        return kept_card(row) if row else None

    async def claim(self, card_id: int, person_id: int, until: datetime) -> None:
        await self._connection.execute(
            update(cards)
            .where(cards.c.id == card_id)
            .values(claimed_by=person_id, claimed_until=until)
        )

    async def release(self, person_id: int) -> None:
        """Frees whatever the person holds."""
        await self._connection.execute(
            update(cards)
            .where(cards.c.claimed_by == person_id)
            .values(claimed_by=None, claimed_until=None)
        )

    # --- targets ----------------------------------------------------------------------------

    async def near(self, now: datetime, targets: Targets) -> Sequence[Overdue]:
        """Open cards whose target is near or past, and about which nobody was told so."""
        return await self._uncalled(Call.NEAR, or_(cards.c.due_at <= now, _is_near(now, targets)))

    async def missed(self, now: datetime) -> Sequence[Overdue]:
        """Open cards whose target is past, and about which nobody was told so."""
        return await self._uncalled(Call.MISSED, cards.c.due_at <= now)

    async def unseen(self, now: datetime, first_look: timedelta) -> Sequence[Overdue]:
        """Urgent open cards whose words nobody looked at in time, and nobody was told of."""
        looked = exists().where(
            reviews.c.card_id == cards.c.id,
            reviews.c.revision_id == cards.c.revision_id,
            reviews.c.stands,
            reviews.c.choice != Choice.SKIP,
        )
        came = exists().where(
            revisions.c.id == cards.c.revision_id, revisions.c.seen_at <= now - first_look
        )
        return await self._uncalled(Call.UNSEEN, and_(cards.c.is_urgent, came, ~looked))

    async def _uncalled(self, call: Call, when: ColumnElement[bool]) -> Sequence[Overdue]:
        called = exists().where(calls.c.card_id == cards.c.id, calls.c.call == call)
        rows = await self._connection.execute(
            select(cards.c.id, cards.c.case_id, cards.c.is_urgent, cards.c.due_at)
            .where(cards.c.state.in_(OPEN_STATES), when, ~called)
            .order_by(cards.c.is_urgent.desc(), cards.c.due_at, cards.c.id)
        )
        return [Overdue(*row) for row in rows]

    async def called(self, card_ids: Sequence[int], call: Call, now: datetime) -> None:
        """Keeps that people were called; a card that is there already is left alone."""
        rows = [{"card_id": card_id, "call": call, "called_at": now} for card_id in card_ids]
        if rows:
            await self._connection.execute(self._insert_new(calls), rows)

    async def was_called(self, card_id: int, call: Call) -> bool:
        asked = select(calls.c.card_id).where(calls.c.card_id == card_id, calls.c.call == call)
        return await self._connection.scalar(asked) is not None


def _is_near(now: datetime, targets: Targets) -> ColumnElement[bool]:
    return or_(
        and_(cards.c.is_urgent, cards.c.due_at <= now + targets.urgent / NEAR),
        and_(~cards.c.is_urgent, cards.c.due_at <= now + targets.routine / NEAR),
    )
