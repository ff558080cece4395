"""Moderators' decisions, one row each; an undone one stays as a row that no longer stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, insert, select, update

from bot.domain.case import CaseState, Choice, Confirmation, Look
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.own_figures import OwnLook
from bot.storage.store import AnyRow, Store
from bot.storage.tables import cards, people, reviews


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
        *,
        dealt_at: datetime | None = None,
        same_as_card_id: int | None = None,
        teaches: bool = True,
    ) -> int:
        """Keeps a look. shown: the score and model version that stood on the card.

        dealt_at: when the card came to the desk. same_as_card_id: the decided card that this one
        was said to be the same as. teaches: whether a model may learn from it.
        """
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
                dealt_at=dealt_at,
                same_as_card_id=same_as_card_id,
                teaches=teaches,
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

    async def confirmations(self, person_id: int, limit: int) -> Sequence[Confirmation]:
        """The person's newest confirmations that stand, and how long each took."""
        rows = await self._connection.execute(
            select(reviews.c.decided_at, reviews.c.dealt_at)
            .where(
                reviews.c.person_id == person_id,
                reviews.c.choice == Choice.CONFIRM,
                reviews.c.stands,
                reviews.c.dealt_at.is_not(None),
            )
            .order_by(reviews.c.id.desc())
            .limit(limit)
        )
        return [Confirmation(row.decided_at, row.decided_at - row.dealt_at) for row in rows]

    async def looked_since(self, person_id: int, moment: datetime) -> int:
        """How many cards the person has looked at since, undone looks and passes included."""
        asked = select(func.count(reviews.c.card_id.distinct())).where(
            reviews.c.person_id == person_id, reviews.c.decided_at >= moment
        )
        return await self._connection.scalar(asked) or 0

    async def last_of(self, person_id: int) -> datetime | None:
        """When the person looked at a card last; None for somebody who never did."""
        last: datetime | None = await self._connection.scalar(
            select(func.max(reviews.c.decided_at)).where(reviews.c.person_id == person_id)
        )
        return last

    async def own(self, person_id: int, since: datetime) -> Sequence[OwnLook]:
        """The person's looks that stand, at cards as they read then, oldest first."""
        other = reviews.alias()
        company = exists().where(
            other.c.card_id == reviews.c.card_id,
            other.c.revision_id == reviews.c.revision_id,
            other.c.person_id != person_id,
            other.c.choice != Choice.SKIP,
            other.c.stands,
        )
        rows = await self._connection.execute(
            select(
                reviews.c.choice,
                reviews.c.decided_at,
                reviews.c.dealt_at,
                cards.c.state,
                company.label("has_company"),
            )
            .join(
                cards,
                and_(
                    cards.c.id == reviews.c.card_id,
                    cards.c.revision_id == reviews.c.revision_id,
                ),
            )
            .where(
                reviews.c.person_id == person_id, reviews.c.decided_at >= since, reviews.c.stands
            )
            .order_by(reviews.c.id)
        )
        return [
            OwnLook(
                Choice(row.choice),
                row.decided_at,
                row.decided_at - row.dealt_at if row.dealt_at else None,
                CaseState(row.state),
                bool(row.has_company),
            )
            for row in rows
        ]

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
