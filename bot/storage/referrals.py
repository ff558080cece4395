"""Confirmed revisions owed to recipients."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update

from bot.domain.case import CaseState
from bot.domain.codes import HarmCode
from bot.domain.referral import ReferralState, ReferredItem
from bot.storage.referred_items import referred_items
from bot.storage.reviews import Review
from bot.storage.store import Store
from bot.storage.tables import cards, digests, posts, referrals


class ReferralStore(Store):
    async def owe(self, recipient_id: int, review: Review, now: datetime) -> None:
        """Owes the revision that a review confirmed. The same twice changes nothing.

        Raises IntegrityError when the review is none that may be referred: the database's word.
        """
        await self._connection.execute(
            self._insert_new(referrals).values(
                recipient_id=recipient_id,
                card_id=review.card_id,
                post_id=review.post_id,
                revision_id=review.revision_id,
                review_id=review.id,
                harm=review.look.harm,
                choice=review.look.choice,
                state=ReferralState.OWED,
                owed_at=now,
            )
        )

    async def card_of(self, number: int) -> int | None:
        """The card of a referral, by the referral's number."""
        found: int | None = await self._connection.scalar(
            select(referrals.c.card_id).where(referrals.c.id == number)
        )
        return found

    async def is_on_its_way(self, card_id: int) -> bool:
        """Whether a digest that carries this card has been made and is not delivered yet."""
        found = select(referrals.c.id).where(
            referrals.c.card_id == card_id, referrals.c.state == ReferralState.LEASED
        )
        return (await self._connection.execute(found.limit(1))).first() is not None

    async def has_left(self, card_id: int) -> bool:
        """Whether a digest that carries this card has been made, whatever became of it."""
        found = select(referrals.c.id).where(
            referrals.c.card_id == card_id, referrals.c.digest_id.is_not(None)
        )
        return (await self._connection.execute(found.limit(1))).first() is not None

    async def withdraw_unsent(self, card_id: int, problem: str) -> int:
        """Takes back what has not left yet; returns how many referrals that were."""
        done = await self._connection.execute(
            update(referrals)
            .where(referrals.c.card_id == card_id, referrals.c.state == ReferralState.OWED)
            .values(state=ReferralState.WITHDRAWN, problem=problem)
        )
        return int(done.rowcount)

    async def is_owed(self, recipient_id: int, codes: Collection[HarmCode] | None = None) -> bool:
        """Whether anything is owed to a recipient; codes: of these alone."""
        found = select(referrals.c.id).where(*_owed(recipient_id, codes)).limit(1)
        return (await self._connection.execute(found)).first() is not None

    async def owed_to(
        self, recipient_id: int, codes: Collection[HarmCode] | None = None
    ) -> Sequence[ReferredItem]:
        """Owed referrals of newest revisions, oldest first. A stale one is never among them."""
        return await self._items(
            *_owed(recipient_id, codes), posts.c.newest_revision_id == referrals.c.revision_id
        )

    async def untold(
        self, recipient_id: int, before: datetime, at_once: Collection[HarmCode]
    ) -> Sequence[ReferredItem]:
        """Owed referrals of which nobody was told what keeps them back: those owed before a moment,
        and those that do not wait.
        """
        return await self._items(
            *_owed(recipient_id, None),
            posts.c.newest_revision_id == referrals.c.revision_id,
            referrals.c.held_told_at.is_(None),
            or_(referrals.c.owed_at <= before, referrals.c.harm.in_(at_once)),
        )

    async def held_told(self, numbers: Collection[int], now: datetime) -> None:
        """Somebody was told what keeps these back."""
        await self._connection.execute(
            update(referrals).where(referrals.c.id.in_(numbers)).values(held_told_at=now)
        )

    async def in_digest(self, digest_id: int) -> Sequence[ReferredItem]:
        """The referrals that a digest on its way carries, oldest first."""
        return await self._items(
            referrals.c.digest_id == digest_id, referrals.c.state == ReferralState.LEASED
        )

    async def withdraw_edited(self, digest_id: int, problem: str) -> int:
        """Takes back a digest's referrals whose posts were edited, or whose cards were withdrawn,
        since; returns how many.
        """
        newest = select(posts.c.newest_revision_id).where(posts.c.id == referrals.c.post_id)
        done = await self._connection.execute(
            update(referrals)
            .where(
                referrals.c.digest_id == digest_id,
                referrals.c.state == ReferralState.LEASED,
                or_(
                    referrals.c.revision_id != newest.scalar_subquery(),
                    referrals.c.card_id.in_(
                        select(cards.c.id).where(cards.c.state == CaseState.WITHDRAWN)
                    ),
                ),
            )
            .values(state=ReferralState.WITHDRAWN, problem=problem)
        )
        return int(done.rowcount)

    async def _items(self, *conditions: ColumnElement[bool]) -> Sequence[ReferredItem]:
        return await referred_items(self._connection, *conditions)

    async def owe_again(self, recipient_id: int) -> None:
        """Owes what went out as a test once more; what was answered then stays answered."""
        await self._connection.execute(
            update(referrals)
            .where(
                referrals.c.recipient_id == recipient_id,
                referrals.c.state.in_((ReferralState.DELIVERED, ReferralState.FAILED)),
                referrals.c.digest_id.in_(select(digests.c.id).where(digests.c.is_test)),
            )
            .values(
                state=ReferralState.OWED,
                digest_id=None,
                place=None,
                delivered_at=None,
                problem=None,
            )
        )

    async def owe_leased(self, digest_id: int) -> None:
        """Owes anew, under the same numbers, what a digest carries that will not arrive; not what
        was withdrawn.
        """
        withdrawn = select(cards.c.id).where(cards.c.state == CaseState.WITHDRAWN)
        await self._connection.execute(
            update(referrals)
            .where(
                referrals.c.digest_id == digest_id,
                referrals.c.state == ReferralState.LEASED,
                referrals.c.card_id.not_in(withdrawn),
            )
            .values(state=ReferralState.OWED, digest_id=None, place=None)
        )

    async def lease(self, numbers: Sequence[int], digest_id: int) -> int:
        """Puts owed referrals into a digest, in this order; returns how many that were."""
        leased = 0
        for place, number in enumerate(numbers, 1):
            done = await self._connection.execute(
                update(referrals)
                .where(referrals.c.id == number, referrals.c.state == ReferralState.OWED)
                .values(state=ReferralState.LEASED, digest_id=digest_id, place=place)
            )
            leased += int(done.rowcount)
        return leased

    async def lease_failed(self, digest_id: int) -> int:
        """Puts what failed with a digest on its way again; returns how many referrals that were."""
        done = await self._connection.execute(
            update(referrals)
            .where(referrals.c.digest_id == digest_id, referrals.c.state == ReferralState.FAILED)
            .values(state=ReferralState.LEASED, problem=None)
        )
        return int(done.rowcount)

    async def place(self, numbers: Sequence[int]) -> None:
        """Sets the places of a digest's items anew, 1 for the first."""
        for place, number in enumerate(numbers, 1):
            await self._connection.execute(
                update(referrals).where(referrals.c.id == number).values(place=place)
            )

    async def unanswered(self, recipient_id: int) -> tuple[int, datetime | None]:
        """How many delivered referrals wait for an answer, and since when the oldest does."""
        found = await self._connection.execute(
            select(func.count(), func.min(referrals.c.delivered_at)).where(
                referrals.c.recipient_id == recipient_id,
                referrals.c.state == ReferralState.DELIVERED,
            )
        )
        row = found.one()
        return row[0], row[1]

    async def settle(
        self, digest_id: int, state: ReferralState, now: datetime, problem: str | None = None
    ) -> None:
        """Marks a digest's referrals as delivered, or as failed with the reason."""
        await self._connection.execute(
            update(referrals)
            .where(referrals.c.digest_id == digest_id, referrals.c.state == ReferralState.LEASED)
            .values(
                state=state,
                problem=problem,
                delivered_at=now if state is ReferralState.DELIVERED else None,
            )
        )

    async def count_by_state(self) -> dict[ReferralState, int]:
        rows = await self._connection.execute(
            select(referrals.c.state, func.count()).group_by(referrals.c.state)
        )
        return {ReferralState(state): count for state, count in rows.all()}


def _owed(recipient_id: int, codes: Collection[HarmCode] | None) -> list[ColumnElement[bool]]:
    conditions = [
        referrals.c.recipient_id == recipient_id,
        referrals.c.state == ReferralState.OWED,
    ]
    return conditions if codes is None else [*conditions, referrals.c.harm.in_(codes)]
