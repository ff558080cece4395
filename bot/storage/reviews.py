"""Moderators' decisions, one row each; an undone one stays as a row that no longer stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from bot.domain.case import Choice, Look
from bot.domain.codes import HarmCode, PurposeCode
from bot.storage.store import AnyRow, Store
from bot.storage.tables import people, reviews


@dataclass(frozen=True)
class Review:
    """A look as it is kept, with what the person was shown."""

    id: int
    card_id: int
    post_id: int
    revision_id: int
    look: Look
    person_name: str


class ReviewStore(Store):
    async def write(
        self,
        card_id: int,
        post_id: int,
        revision_id: int,
        look: Look,
        shown: tuple[float, str],
    ) -> int:
        """Keeps a look. shown: the score and model version that stood on the card."""
        kept = await self._connection.execute(
            insert(reviews)
            .values(
                card_id=card_id,
                post_id=post_id,
                revision_id=revision_id,
                person_id=look.by,
                choice=look.choice,
                harm=look.harm,
                purpose=look.purpose,
                saw_all=look.saw_all,
                wants_second=look.wants_second,
                score_shown=shown[0],
                model_version=shown[1],
                decided_at=look.at,
            )
            .returning(reviews.c.id)
        )
        return int(kept.scalar_one())

    async def standing(self, card_id: int, revision_id: int) -> Sequence[Review]:
        """Reviews of this very revision that were not undone, oldest first."""
        rows = await self._connection.execute(
            select(reviews, people.c.name)
            .join(people, people.c.id == reviews.c.person_id)
            .where(
                reviews.c.card_id == card_id,
                reviews.c.revision_id == revision_id,
                reviews.c.stands,
            )
            .order_by(reviews.c.id)
        )
        return [_review(row) for row in rows]

    async def undone(self, review_id: int, now: datetime) -> None:
        await self._connection.execute(
            update(reviews).where(reviews.c.id == review_id).values(stands=False, undone_at=now)
        )

    async def all_undone(self, card_id: int, now: datetime) -> None:
        """No look at the card stands any more: it waits for a first one again."""
        await self._connection.execute(
            update(reviews)
            .where(reviews.c.card_id == card_id, reviews.c.stands)
            .values(stands=False, undone_at=now)
        )


def _review(row: AnyRow) -> Review:
    look = Look(
        by=row.person_id,
        choice=Choice(row.choice),
        at=row.decided_at,
        harm=HarmCode(row.harm) if row.harm else None,
        purpose=PurposeCode(row.purpose) if row.purpose else None,
        saw_all=row.saw_all,
        wants_second=row.wants_second,
    )
    return Review(row.id, row.card_id, row.post_id, row.revision_id, look, row.name)
