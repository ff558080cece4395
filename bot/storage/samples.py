"""The daily sample of unflagged posts: who can be drawn, who was, and what people said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, select, update

from bot.domain.case import CaseState
from bot.domain.quality import STRATA, Drawn, SampleOutcome
from bot.storage.store import Store
from bot.storage.tables import cards, posts, revisions, sample_days, samples, verdicts

_PROPAGANDA = (CaseState.CONFIRMED, CaseState.REFERRED, CaseState.KEPT)


@dataclass(frozen=True)
class Waiting:
    """A drawn post that has not joined the queue. is_free: unedited, and it never had a card."""

    id: int
    post_id: int
    revision_id: int
    text: str
    score: float
    model_version: str
    is_free: bool


class SampleStore(Store):
    async def is_drawn(self, day: date) -> bool:
        asked = select(sample_days.c.day).where(sample_days.c.day == day)
        return await self._connection.scalar(asked) is not None

    async def window(self) -> tuple[int, int]:
        """The verdicts to draw from: later than the first number, up to the second.

        Numbers, not times: the caller holds the audit log, under which verdicts are written, so
        none can appear below the second number afterwards.
        """
        since = await self._connection.scalar(select(func.max(sample_days.c.last_verdict_id)))
        until = await self._connection.scalar(select(func.max(verdicts.c.id)))
        return since or 0, until or since or 0

    async def count(self, window: tuple[int, int]) -> list[int]:
        """Posts that can be drawn, by stratum, lowest scores first."""
        counts = [func.count().filter(_in_stratum(number)) for number in range(STRATA)]
        found = await self._connection.execute(_eligible(window, *counts))
        return [int(count) for count in found.one()]

    async def pick(
        self, window: tuple[int, int], stratum: int, places: Sequence[int], probability: float
    ) -> list[Drawn]:
        """The posts at these places (from 0) of a stratum, in the order of their verdicts."""
        place = func.row_number().over(order_by=verdicts.c.id).label("place")
        columns = (
            verdicts.c.id,
            verdicts.c.revision_id,
            revisions.c.post_id,
            revisions.c.text,
            verdicts.c.score,
            verdicts.c.model_version,
            place,
        )
        ranked = _eligible(window, *columns).where(_in_stratum(stratum)).subquery()
        rows = await self._connection.execute(
            select(ranked).where(ranked.c.place.in_([number + 1 for number in places]))
        )
        return [
            Drawn(
                revision_id=row.revision_id,
                post_id=row.post_id,
                verdict_id=row.id,
                text=row.text,
                score=row.score,
                model_version=row.model_version,
                stratum=stratum,
                probability=probability,
            )
            for row in rows
        ]

    async def keep_day(
        self, day: date, now: datetime, last_verdict_id: int, posts: int, drawn: int
    ) -> None:
        await self._connection.execute(
            insert(sample_days).values(
                day=day, drawn_at=now, last_verdict_id=last_verdict_id, posts=posts, drawn=drawn
            )
        )

    async def keep(self, day: date, drawn: Sequence[tuple[Drawn, datetime]]) -> None:
        """Keeps drawn posts, each with the time at which it joins the queue."""
        rows: list[dict[str, Any]] = [
            {
                "day": day,
                "post_id": one.post_id,
                "revision_id": one.revision_id,
                "model_version": one.model_version,
                "score": one.score,
                "stratum": one.stratum,
                "probability": one.probability,
                "due_at": due_at,
            }
            for one, due_at in drawn
        ]
        if rows:
            await self._connection.execute(insert(samples), rows)

    async def due(self, now: datetime, limit: int) -> list[Waiting]:
        """Drawn posts whose time to join the queue has come, locked."""
        has_card = select(cards.c.id).where(cards.c.post_id == samples.c.post_id).exists()
        rows = await self._connection.execute(
            select(
                samples.c.id,
                samples.c.post_id,
                samples.c.revision_id,
                revisions.c.text,
                samples.c.score,
                samples.c.model_version,
                posts.c.newest_revision_id,
                has_card.label("has_card"),
            )
            .join(revisions, revisions.c.id == samples.c.revision_id)
            .join(posts, posts.c.id == samples.c.post_id)
            .where(samples.c.joined_at.is_(None), samples.c.due_at <= now)
            .order_by(samples.c.due_at, samples.c.id)
            .limit(limit)
            .with_for_update(of=samples)
        )
        return [
            Waiting(
                row.id,
                row.post_id,
                row.revision_id,
                row.text,
                row.score,
                row.model_version,
                not row.has_card and row.newest_revision_id == row.revision_id,
            )
            for row in rows
        ]

    async def joined(self, sample_id: int, card_id: int | None, now: datetime) -> None:
        """Marks a drawn post as done with; without a card where somebody had to look anyway."""
        await self._connection.execute(
            update(samples).where(samples.c.id == sample_id).values(card_id=card_id, joined_at=now)
        )

    async def explain(self, waiting: Waiting, reasons: Sequence[tuple[str, float]]) -> None:
        """Keeps why the model scored a drawn post so: from now on a person looks at it."""
        await self._connection.execute(
            update(verdicts)
            .where(
                verdicts.c.revision_id == waiting.revision_id,
                verdicts.c.model_version == waiting.model_version,
            )
            .values(reasons=[list(reason) for reason in reasons])
        )

    async def outcomes(self) -> dict[str, list[SampleOutcome]]:
        """What people said of every drawn post, by model version."""
        rows = await self._connection.execute(
            select(
                samples.c.model_version,
                samples.c.stratum,
                samples.c.probability,
                cards.c.state,
            ).outerjoin(
                cards,
                and_(
                    cards.c.id == samples.c.card_id,
                    cards.c.revision_id == samples.c.revision_id,
                ),
            )
        )
        found: dict[str, list[SampleOutcome]] = {}
        for row in rows:
            said = _said(CaseState(row.state)) if row.state else None
            outcome = SampleOutcome(row.stratum, row.probability, said)
            found.setdefault(row.model_version, []).append(outcome)
        return found


def _said(state: CaseState) -> bool | None:
    if state in _PROPAGANDA:
        return True
    return False if state is CaseState.DISMISSED else None


def _in_stratum(number: int) -> ColumnElement[bool]:
    """Scores of one tenth of the way to the threshold; a threshold of 0 flags everything."""
    low = verdicts.c.threshold * (number / STRATA)
    high = verdicts.c.threshold * ((number + 1) / STRATA)
    if number == STRATA - 1:  # nothing may fall through between 9.99... and 10 tenths
        return verdicts.c.score >= low
    return and_(verdicts.c.score >= low, verdicts.c.score < high)


def _eligible(window: tuple[int, int], *columns: Any) -> Select[Any]:
    """Unflagged verdicts on the newest words of posts that nobody has had to look at."""
    since, until = window
    return (
        select(*columns)
        .select_from(verdicts)
        .join(revisions, revisions.c.id == verdicts.c.revision_id)
        .join(
            posts,
            and_(posts.c.id == revisions.c.post_id, posts.c.newest_revision_id == revisions.c.id),
        )
        .where(
            verdicts.c.id > since,
            verdicts.c.id <= until,
            verdicts.c.is_flagged.is_(False),
            verdicts.c.is_known,
            posts.c.is_readable,
            # Both lists are made once; NOT EXISTS would look through the cards for every post.
            posts.c.id.not_in(select(cards.c.post_id)),
            revisions.c.id.not_in(select(samples.c.revision_id)),
        )
    )
