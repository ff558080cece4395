"""What recipients answer: Received, an answer for each referral, and what comes of those."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, true, update

from bot.domain.case import CaseState, Choice
from bot.domain.channel import post_link
from bot.domain.codes import HarmCode
from bot.domain.receipt import (
    AnswerableDigest,
    AnswerableItem,
    DisputeState,
    Noted,
    OpenDigest,
    ReplyCode,
    Way,
)
from bot.domain.referral import ReferralState
from bot.storage.store import Store
from bot.storage.tables import (
    cards,
    channels,
    digests,
    disputes,
    outbox,
    posts,
    receipts,
    received,
    recipients,
    referrals,
    reviews,
)

_ANSWERABLE = (ReferralState.DELIVERED, ReferralState.ANSWERED)
# A referral that was withdrawn after it had arrived stays in its digest's list.
_arrived = referrals.c.delivered_at.is_not(None)


@dataclass(frozen=True)
class ToTell:
    """An answer that somebody who confirmed has not heard of yet."""

    person_id: int
    card_id: int
    case_id: int
    code: ReplyCode
    recipient: str
    is_withdrawn: bool


class ReceiptStore(Store):
    # --- a digest ---------------------------------------------------------------------------

    async def recipient_of(self, digest_id: int) -> int | None:
        found: int | None = await self._connection.scalar(
            select(digests.c.recipient_id).where(
                digests.c.id == digest_id, digests.c.delivered_at.is_not(None)
            )
        )
        return found

    async def digest(self, digest_id: int) -> AnswerableDigest | None:
        """A delivered digest with the answers that stand; None where there is no such one."""
        found = await self._digest(digest_id, _arrived, digests.c.delivered_at.is_not(None))
        return found[0] if found else None

    async def remains(self, digest_id: int) -> AnswerableDigest:
        """A digest with all items that it ever carried and the answers that stand."""
        (found,) = await self._digest(digest_id, true())
        return found

    async def _digest(
        self, digest_id: int, of_items: ColumnElement[bool], *conditions: ColumnElement[bool]
    ) -> list[AnswerableDigest]:
        """None or one."""
        head = (
            await self._connection.execute(
                select(digests, received.c.received_at)
                .outerjoin(received, received.c.digest_id == digests.c.id)
                .where(digests.c.id == digest_id, *conditions)
            )
        ).one_or_none()
        if head is None:
            return []
        rows = await self._connection.execute(
            select(
                referrals.c.id,
                referrals.c.place,
                referrals.c.harm,
                cards.c.case_id,
                posts.c.message_id,
                channels.c.chat_id,
                channels.c.username,
                channels.c.title,
                receipts.c.code,
            )
            .join(cards, cards.c.id == referrals.c.card_id)
            .join(posts, posts.c.id == referrals.c.post_id)
            .join(channels, channels.c.id == posts.c.channel_id)
            .outerjoin(receipts, and_(receipts.c.referral_id == referrals.c.id, receipts.c.stands))
            .where(referrals.c.digest_id == digest_id, of_items)
            .order_by(referrals.c.place, referrals.c.id)
        )
        items = tuple(
            AnswerableItem(
                number=row.id,
                place=row.place or place,
                case_id=row.case_id,
                harm=HarmCode(row.harm),
                link=post_link(row.chat_id, row.username, row.message_id),
                channel=f"@{row.username}" if row.username else row.title,
                code=ReplyCode(row.code) if row.code else None,
            )
            for place, row in enumerate(rows, 1)
        )
        return [
            AnswerableDigest(
                head.id, head.number, head.recipient_id, head.delivered_at, head.received_at, items
            )
        ]

    async def digest_of_message(self, chat_id: int, message_id: int) -> int | None:
        """The digest that a message in this chat is a part of."""
        found: int | None = await self._connection.scalar(
            select(outbox.c.digest_id).where(
                outbox.c.chat_id == chat_id,
                outbox.c.message_id == message_id,
                outbox.c.digest_id.is_not(None),
            )
        )
        return found

    async def received(self, digest_id: int, person_id: int, now: datetime) -> bool:
        """Keeps that somebody pressed Received; False where somebody had before."""
        kept = await self._connection.execute(
            self._insert_new(received)
            .values(digest_id=digest_id, person_id=person_id, received_at=now)
            .returning(received.c.digest_id)
        )
        return kept.one_or_none() is not None

    async def open_digests(self, recipient_ids: Collection[int]) -> Sequence[OpenDigest]:
        """Delivered digests of these recipients that are not answered to the end, oldest first."""
        unanswered = func.count().filter(referrals.c.state == ReferralState.DELIVERED)
        rows = await self._connection.execute(
            select(
                digests.c.id,
                digests.c.number,
                digests.c.delivered_at,
                unanswered.label("unanswered"),
                func.count().label("items"),
                received.c.digest_id.label("seen"),
            )
            .join(referrals, referrals.c.digest_id == digests.c.id)
            .outerjoin(received, received.c.digest_id == digests.c.id)
            .where(digests.c.recipient_id.in_(recipient_ids), _arrived)
            .group_by(digests.c.id, digests.c.number, digests.c.delivered_at, received.c.digest_id)
            .having(or_(unanswered > 0, received.c.digest_id.is_(None)))
            .order_by(digests.c.id)
        )
        return [
            OpenDigest(
                row.id,
                row.number,
                row.delivered_at,
                row.unanswered,
                row.items,
                row.seen is not None,
            )
            for row in rows
        ]

    # --- answers ----------------------------------------------------------------------------

    async def delivered_to(
        self, recipient_ids: Collection[int], numbers: Collection[int]
    ) -> set[int]:
        """Of these referrals, the ones that these recipients got and may answer."""
        rows = await self._connection.scalars(
            select(referrals.c.id).where(
                referrals.c.recipient_id.in_(recipient_ids),
                referrals.c.id.in_(numbers),
                referrals.c.state.in_(_ANSWERABLE),
            )
        )
        return set(rows)

    async def answer(
        self, referral_id: int, person_id: int, code: ReplyCode, way: Way, now: datetime
    ) -> int | None:
        """Keeps an answer in the place of the one that stood; None where that said the same."""
        before = (
            await self._connection.execute(
                select(receipts.c.id, receipts.c.code)
                .where(receipts.c.referral_id == referral_id, receipts.c.stands)
                .with_for_update()
            )
        ).one_or_none()
        if before is not None and before.code == code:
            return None
        if before is not None:
            await self._connection.execute(
                update(receipts).where(receipts.c.id == before.id).values(stands=False)
            )
            await self._connection.execute(
                update(disputes)
                .where(disputes.c.receipt_id == before.id, disputes.c.state == DisputeState.OPEN)
                .values(state=DisputeState.DROPPED, decided_at=now)
            )
        kept = await self._connection.execute(
            insert(receipts)
            .values(
                referral_id=referral_id,
                person_id=person_id,
                code=code,
                way=way,
                answered_at=now,
            )
            .returning(receipts.c.id)
        )
        await self._connection.execute(
            update(referrals)
            .where(referrals.c.id == referral_id, referrals.c.state == ReferralState.DELIVERED)
            .values(state=ReferralState.ANSWERED)
        )
        return int(kept.scalar_one())

    async def noted(self, numbers: Collection[int]) -> Sequence[Noted]:
        """These referrals with the answers that stand, in the order of their digests."""
        rows = await self._connection.execute(
            select(
                referrals.c.id,
                referrals.c.place,
                channels.c.username,
                channels.c.title,
                receipts.c.code,
            )
            .join(receipts, and_(receipts.c.referral_id == referrals.c.id, receipts.c.stands))
            .join(posts, posts.c.id == referrals.c.post_id)
            .join(channels, channels.c.id == posts.c.channel_id)
            .where(referrals.c.id.in_(numbers))
            .order_by(referrals.c.digest_id, referrals.c.place)
        )
        return [
            Noted(
                row.id,
                row.place,
                f"@{row.username}" if row.username else row.title,
                ReplyCode(row.code),
            )
            for row in rows
        ]

    async def untold(self, before: datetime, limit: int) -> Sequence[int]:
        """Standing answers given before a moment that nobody has been told of, oldest first."""
        found = await self._connection.scalars(
            select(receipts.c.id)
            .where(
                receipts.c.told_at.is_(None),
                receipts.c.stands,
                receipts.c.answered_at <= before,
            )
            .order_by(receipts.c.id)
            .limit(limit)
        )
        return found.all()

    async def to_tell(self, receipt_ids: Collection[int]) -> Sequence[ToTell]:
        """These answers, a row for each person whose confirmation stands, by person and case."""
        rows = await self._connection.execute(
            select(
                receipts.c.code,
                reviews.c.person_id,
                reviews.c.card_id,
                cards.c.case_id,
                cards.c.state,
                recipients.c.name,
            )
            .join(referrals, referrals.c.id == receipts.c.referral_id)
            .join(cards, cards.c.id == referrals.c.card_id)
            .join(recipients, recipients.c.id == referrals.c.recipient_id)
            .join(
                reviews,
                and_(
                    reviews.c.card_id == referrals.c.card_id,
                    reviews.c.revision_id == referrals.c.revision_id,
                    reviews.c.stands,
                    reviews.c.choice == Choice.CONFIRM,
                ),
            )
            .where(receipts.c.id.in_(receipt_ids))
            .order_by(reviews.c.person_id, cards.c.case_id, receipts.c.id)
        )
        return [
            ToTell(
                row.person_id,
                row.card_id,
                row.case_id,
                ReplyCode(row.code),
                row.name,
                is_withdrawn=row.state == CaseState.WITHDRAWN,
            )
            for row in rows
        ]

    async def told(self, receipt_ids: Collection[int], now: datetime) -> None:
        await self._connection.execute(
            update(receipts).where(receipts.c.id.in_(receipt_ids)).values(told_at=now)
        )

    async def count_by_code(self, recipient_id: int | None = None) -> dict[ReplyCode, int]:
        """Standing answers by what they say, of one recipient or of all.

        With what has no answer yet they add up to what was delivered: what was withdrawn since
        is in neither.
        """
        asked = (
            select(receipts.c.code, func.count())
            .join(referrals, referrals.c.id == receipts.c.referral_id)
            .where(
                receipts.c.stands,
                referrals.c.state != ReferralState.WITHDRAWN,
                *_of(recipient_id),
            )
            .group_by(receipts.c.code)
        )
        rows = await self._connection.execute(asked)
        counted = {ReplyCode(code): count for code, count in rows.all()}
        return {code: counted[code] for code in ReplyCode if code in counted}

    async def count_unanswered(self) -> int:
        asked = (
            select(func.count())
            .select_from(referrals)
            .where(referrals.c.state == ReferralState.DELIVERED)
        )
        return await self._connection.scalar(asked) or 0


def _of(recipient_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if recipient_id is None else (referrals.c.recipient_id == recipient_id,)
