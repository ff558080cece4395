"""Confirmed revisions owed to recipients."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update

from bot.domain.case import CaseState, Choice
from bot.domain.channel import post_link
from bot.domain.codes import HarmCode
from bot.domain.recipient import Recipient
from bot.domain.referral import ReferralState, ReferredItem
from bot.storage.reviews import Review
from bot.storage.store import AnyRow, Store
from bot.storage.tables import cards, channels, posts, referrals, reviews, revisions

_PEOPLE = (
    select(func.count())
    .where(
        reviews.c.card_id == referrals.c.card_id,
        reviews.c.revision_id == referrals.c.revision_id,
        reviews.c.choice == Choice.CONFIRM,
        reviews.c.stands,
    )
    .correlate(referrals)
    .scalar_subquery()
)
_ITEM = (
    select(
        referrals.c.id,
        referrals.c.harm,
        revisions.c.text,
        posts.c.message_id,
        posts.c.posted_at,
        channels.c.chat_id,
        channels.c.username,
        channels.c.title,
        reviews.c.decided_at,
        reviews.c.score_shown,
        reviews.c.model_version,
        _PEOPLE.label("people"),
    )
    .join(posts, posts.c.id == referrals.c.post_id)
    .join(revisions, revisions.c.id == referrals.c.revision_id)
    .join(channels, channels.c.id == posts.c.channel_id)
    .join(reviews, reviews.c.id == referrals.c.review_id)
)


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

    async def withdraw_unsent(self, card_id: int, problem: str) -> int:
        """Takes back what has not left yet; returns how many referrals that were."""
        done = await self._connection.execute(
            update(referrals)
            .where(referrals.c.card_id == card_id, referrals.c.state == ReferralState.OWED)
            .values(state=ReferralState.WITHDRAWN, problem=problem)
        )
        return int(done.rowcount)

    async def owed_to(
        self, recipient_id: int, limit: int, harms: Collection[HarmCode] | None = None
    ) -> Sequence[ReferredItem]:
        """Owed referrals of newest revisions, oldest first. A stale one is never among them.

        harms: only those with one of these codes.
        """
        return await self._items(
            referrals.c.recipient_id == recipient_id,
            referrals.c.state == ReferralState.OWED,
            posts.c.newest_revision_id == referrals.c.revision_id,
            *([referrals.c.harm.in_(harms)] if harms is not None else []),
            limit=limit,
        )

    async def owes_at_once(self, recipient: Recipient) -> bool:
        """Whether something is owed that the profile does not let wait."""
        return bool(await self.owed_to(recipient.id, 1, recipient.at_once))

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

    async def _items(
        self, *conditions: ColumnElement[bool], limit: int | None = None
    ) -> Sequence[ReferredItem]:
        rows = await self._connection.execute(
            _ITEM.where(*conditions).order_by(referrals.c.id).limit(limit)
        )
        return [_item(row) for row in rows]

    async def lease(self, numbers: Sequence[int], digest_id: int) -> int:
        """Puts owed referrals into a digest, with one conditional UPDATE; returns how many."""
        done = await self._connection.execute(
            update(referrals)
            .where(referrals.c.id.in_(numbers), referrals.c.state == ReferralState.OWED)
            .values(state=ReferralState.LEASED, digest_id=digest_id)
        )
        return int(done.rowcount)

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


def _item(row: AnyRow) -> ReferredItem:
    return ReferredItem(
        number=row.id,
        harm=HarmCode(row.harm),
        link=post_link(row.chat_id, row.username, row.message_id),
        channel=f"@{row.username}" if row.username else row.title,
        text=row.text,
        posted_at=row.posted_at,
        decided_at=row.decided_at,
        people=row.people,
        score=row.score_shown,
        model_version=row.model_version,
    )
