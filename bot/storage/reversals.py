"""Withdrawals by two people, the corrections they owe, and pauses of sending."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, insert, or_, select, update

from bot.domain.case import CaseState
from bot.domain.channel import post_link
from bot.domain.receipt import ReplyCode
from bot.domain.referral import ReferralState
from bot.domain.reversal import Correction, Restored, Withdrawal, WithdrawalState
from bot.storage.store import AnyRow, Store
from bot.storage.tables import (
    cards,
    channels,
    corrections,
    digests,
    outbox,
    pauses,
    posts,
    receipts,
    recipients,
    referrals,
    reopenings,
    withdrawals,
)

_ALIVE = (WithdrawalState.ASKED, WithdrawalState.AGREED)


class ReversalStore(Store):
    # --- withdrawals ------------------------------------------------------------------------

    async def pending(self, card_id: int) -> Withdrawal | None:
        """A wish to withdraw the card that waits for a second person, or was agreed to."""
        return await self._withdrawal(
            withdrawals.c.card_id == card_id, withdrawals.c.state.in_(_ALIVE)
        )

    async def withdrawal(self, withdrawal_id: int) -> Withdrawal | None:
        return await self._withdrawal(withdrawals.c.id == withdrawal_id)

    async def _withdrawal(self, *conditions: Any) -> Withdrawal | None:
        asked = select(withdrawals).where(*conditions).with_for_update()
        row = (await self._connection.execute(asked)).one_or_none()
        if row is None:
            return None
        return Withdrawal(
            row.id,
            row.card_id,
            WithdrawalState(row.state),
            row.asked_by,
            row.reason,
            row.second_by,
        )

    async def ask(self, card_id: int, by: int, reason: str, now: datetime) -> int:
        kept = await self._connection.execute(
            insert(withdrawals)
            .values(
                card_id=card_id,
                state=WithdrawalState.ASKED,
                asked_by=by,
                reason=reason,
                asked_at=now,
            )
            .returning(withdrawals.c.id)
        )
        return int(kept.scalar_one())

    async def second(
        self, withdrawal_id: int, state: WithdrawalState, by: int, now: datetime
    ) -> None:
        await self._connection.execute(
            update(withdrawals)
            .where(withdrawals.c.id == withdrawal_id)
            .values(state=state, second_by=by, decided_at=now)
        )

    async def reopened(self, card_id: int, by: int, reason: str, now: datetime) -> None:
        """Keeps why a card was reopened."""
        await self._connection.execute(
            insert(reopenings).values(card_id=card_id, person_id=by, reason=reason, reopened_at=now)
        )

    # --- corrections ------------------------------------------------------------------------

    async def uncorrected(self, limit: int) -> Sequence[AnyRow]:
        """Referrals of withdrawn cards that have arrived, at least in part, and are not corrected.

        Rows of referral id, recipient id, and withdrawal id.
        """
        arrived = or_(
            referrals.c.state.in_((ReferralState.DELIVERED, ReferralState.ANSWERED)),
            and_(
                referrals.c.state == ReferralState.FAILED,
                select(outbox.c.id)
                .where(outbox.c.digest_id == referrals.c.digest_id, outbox.c.state == "sent")
                .exists(),
            ),
        )
        rows = await self._connection.execute(
            select(
                referrals.c.id,
                referrals.c.recipient_id,
                withdrawals.c.id.label("withdrawal_id"),
            )
            .join(cards, cards.c.id == referrals.c.card_id)
            .join(
                withdrawals,
                and_(
                    withdrawals.c.card_id == cards.c.id,
                    withdrawals.c.state == WithdrawalState.AGREED,
                ),
            )
            .outerjoin(corrections, corrections.c.referral_id == referrals.c.id)
            .where(cards.c.state == CaseState.WITHDRAWN, arrived, corrections.c.id.is_(None))
            .order_by(referrals.c.id)
            .limit(limit)
        )
        return rows.all()

    async def owe_correction(
        self, referral_id: int, recipient_id: int, withdrawal_id: int, now: datetime
    ) -> Correction:
        """Keeps a correction under the recipient's next number; its referral is withdrawn now."""
        await self._connection.execute(
            select(recipients.c.id).where(recipients.c.id == recipient_id).with_for_update()
        )
        newest = await self._connection.scalar(
            select(func.max(corrections.c.number)).where(corrections.c.recipient_id == recipient_id)
        )
        kept = await self._connection.execute(
            insert(corrections)
            .values(
                withdrawal_id=withdrawal_id,
                referral_id=referral_id,
                recipient_id=recipient_id,
                number=(newest or 0) + 1,
                owed_at=now,
            )
            .returning(corrections.c.id)
        )
        await self._connection.execute(
            update(referrals)
            .where(referrals.c.id == referral_id)
            .values(state=ReferralState.WITHDRAWN, problem="withdrawn after it was sent")
        )
        found = await self.correction(int(kept.scalar_one()))
        assert found is not None  # inserted above
        return found

    async def correction(self, correction_id: int) -> Correction | None:
        found = await self._corrections(corrections.c.id == correction_id)
        return found[0] if found else None

    async def unanswered_corrections(self, recipient_ids: Sequence[int]) -> list[Correction]:
        """Corrections that arrived and have no answer, oldest first."""
        return await self._corrections(
            corrections.c.recipient_id.in_(recipient_ids),
            corrections.c.sent_at.is_not(None),
            corrections.c.outcome.is_(None),
        )

    async def withdrawn_of(self, digest_id: int) -> list[tuple[int, int]]:
        """What a digest carried that was withdrawn since: its place there, and its number."""
        rows = await self._connection.execute(
            select(referrals.c.place, referrals.c.id)
            .join(corrections, corrections.c.referral_id == referrals.c.id)
            .where(referrals.c.digest_id == digest_id)
            .order_by(referrals.c.place)
        )
        return [(place, number) for place, number in rows.all()]

    async def _corrections(self, *conditions: Any) -> list[Correction]:
        rows = await self._connection.execute(
            select(
                corrections,
                withdrawals.c.reason,
                digests.c.number.label("digest"),
                referrals.c.place,
                posts.c.message_id,
                channels.c.chat_id,
                channels.c.username,
                channels.c.title,
            )
            .join(withdrawals, withdrawals.c.id == corrections.c.withdrawal_id)
            .join(referrals, referrals.c.id == corrections.c.referral_id)
            .join(digests, digests.c.id == referrals.c.digest_id)
            .join(posts, posts.c.id == referrals.c.post_id)
            .join(channels, channels.c.id == posts.c.channel_id)
            .where(*conditions)
            .order_by(corrections.c.id)
        )
        return [_correction(row) for row in rows]

    async def correction_sent(self, correction_id: int, now: datetime) -> None:
        await self._connection.execute(
            update(corrections)
            .where(corrections.c.id == correction_id, corrections.c.sent_at.is_(None))
            .values(sent_at=now)
        )

    async def has_overdue(self, before: datetime) -> bool:
        """Whether `overdue` would name any."""
        found = select(corrections.c.id).where(
            corrections.c.owed_at <= before,
            corrections.c.sent_at.is_(None),
            corrections.c.warned_at.is_(None),
        )
        return (await self._connection.execute(found.limit(1))).first() is not None

    async def overdue(self, before: datetime, now: datetime) -> list[Correction]:
        """Corrections owed before a moment that have not left; each is named once."""
        found = await self._corrections(
            corrections.c.owed_at <= before,
            corrections.c.sent_at.is_(None),
            corrections.c.warned_at.is_(None),
        )
        await self._connection.execute(
            update(corrections)
            .where(corrections.c.id.in_([one.id for one in found]))
            .values(warned_at=now)
        )
        return found

    async def restored(self, correction_id: int, outcome: Restored, by: int, now: datetime) -> None:
        await self._connection.execute(
            update(corrections)
            .where(corrections.c.id == correction_id)
            .values(outcome=outcome, answered_by=by, answered_at=now)
        )

    async def count_corrections(self) -> dict[str, int]:
        """How many corrections there are by answer; `no_answer` for the rest."""
        said = func.coalesce(corrections.c.outcome, "no_answer")
        rows = await self._connection.execute(select(said, func.count()).group_by(said))
        return {outcome: count for outcome, count in rows.all()}

    async def count_corrected(self, recipient_id: int, since: datetime, until: datetime) -> int:
        """How many corrections a recipient was owed in a span; its end belongs to it."""
        asked = select(func.count()).where(
            corrections.c.recipient_id == recipient_id,
            corrections.c.owed_at > since,
            corrections.c.owed_at <= until,
        )
        return await self._connection.scalar(asked) or 0

    # --- pauses -----------------------------------------------------------------------------

    async def reversed_since(self, moment: datetime) -> tuple[int, int]:
        """Of the posts delivered since a moment: how many were withdrawn or answered "not
        violating", and how many there were. A post that several recipients got counts once.
        """
        is_reversed = func.max(
            case(
                (cards.c.state == CaseState.WITHDRAWN, 1),
                (receipts.c.code == ReplyCode.NOT_VIOLATING, 1),
                else_=0,
            )
        )
        of_each = (
            select(is_reversed.label("reversed"))
            .select_from(referrals)
            .join(cards, cards.c.id == referrals.c.card_id)
            .outerjoin(receipts, and_(receipts.c.referral_id == referrals.c.id, receipts.c.stands))
            .where(referrals.c.delivered_at > moment)
            .group_by(referrals.c.card_id)
            .subquery()
        )
        row = (
            await self._connection.execute(
                select(func.coalesce(func.sum(of_each.c.reversed), 0), func.count())
            )
        ).one()
        return int(row[0]), int(row[1])

    async def pause(
        self, reversed_count: int, delivered_count: int, limit: float, now: datetime
    ) -> None:
        """Stops sending. The caller holds the audit log and has seen that nothing is paused."""
        await self._connection.execute(
            insert(pauses).values(
                began_at=now,
                reversed_count=reversed_count,
                delivered_count=delivered_count,
                limit_share=limit,
            )
        )

    async def paused_since(self) -> datetime | None:
        since: datetime | None = await self._connection.scalar(
            select(func.min(pauses.c.began_at)).where(pauses.c.ended_at.is_(None))
        )
        return since

    async def last_resumed(self) -> datetime | None:
        last: datetime | None = await self._connection.scalar(select(func.max(pauses.c.ended_at)))
        return last

    async def resume(self, by: int, now: datetime) -> bool:
        """Ends the pause; whether there was one."""
        done = await self._connection.execute(
            update(pauses).where(pauses.c.ended_at.is_(None)).values(ended_at=now, ended_by=by)
        )
        return bool(done.rowcount)


def _correction(row: AnyRow) -> Correction:
    return Correction(
        id=row.id,
        number=row.number,
        recipient_id=row.recipient_id,
        referral=row.referral_id,
        digest=row.digest,
        place=row.place,
        link=post_link(row.chat_id, row.username, row.message_id),
        channel=f"@{row.username}" if row.username else row.title,
        reason=row.reason,
        owed_at=row.owed_at,
        sent_at=row.sent_at,
        outcome=Restored(row.outcome) if row.outcome else None,
    )
