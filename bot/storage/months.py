"""What a recipient got in a month, and what it said to it."""

from datetime import datetime

from sqlalchemy import and_, func, select

from bot.domain.codes import HarmCode
from bot.domain.month import Month, MonthCorrection, MonthDigest, MonthReport
from bot.domain.receipt import ReplyCode
from bot.domain.recipient import Recipient
from bot.domain.reversal import Restored
from bot.storage.store import Store
from bot.storage.tables import corrections, digests, receipts, received, referrals


class MonthStore(Store):
    async def report(self, recipient: Recipient, month: Month, now: datetime) -> MonthReport:
        """A digest belongs to the month in which it arrived, and its items and answers with it."""
        rows = await self._connection.execute(
            select(
                referrals.c.digest_id,
                referrals.c.harm,
                digests.c.delivered_at,
                receipts.c.code,
                receipts.c.answered_at,
            )
            .join(digests, digests.c.id == referrals.c.digest_id)
            .outerjoin(receipts, and_(receipts.c.referral_id == referrals.c.id, receipts.c.stands))
            .where(
                digests.c.recipient_id == recipient.id,
                digests.c.delivered_at >= month.since,
                digests.c.delivered_at < month.until,
                referrals.c.delivered_at.is_not(None),
            )
        )
        items = rows.all()
        answered = [row for row in items if row.code is not None]
        harms = [row.harm for row in items]
        codes = [row.code for row in answered]
        return MonthReport(
            recipient=recipient.name,
            month=month,
            made_at=now,
            digests=await self._digests(recipient.id, month),
            codes={harm: harms.count(harm) for harm in HarmCode if harm in harms},
            answers={code: codes.count(code) for code in ReplyCode if code in codes},
            answer_times=[row.answered_at - row.delivered_at for row in answered],
            corrections=await self._corrections(recipient.id, month),
        )

    async def _digests(self, recipient_id: int, month: Month) -> list[MonthDigest]:
        answered = func.count(receipts.c.id)
        rows = await self._connection.execute(
            select(
                digests.c.number,
                digests.c.is_at_once,
                digests.c.delivered_at,
                received.c.received_at,
                func.count(referrals.c.id).label("items"),
                answered.label("answered"),
            )
            .join(referrals, referrals.c.digest_id == digests.c.id)
            .outerjoin(received, received.c.digest_id == digests.c.id)
            .outerjoin(receipts, and_(receipts.c.referral_id == referrals.c.id, receipts.c.stands))
            .where(
                digests.c.recipient_id == recipient_id,
                digests.c.delivered_at >= month.since,
                digests.c.delivered_at < month.until,
                referrals.c.delivered_at.is_not(None),
            )
            .group_by(
                digests.c.number,
                digests.c.is_at_once,
                digests.c.delivered_at,
                received.c.received_at,
            )
            .order_by(digests.c.number)
        )
        return [MonthDigest(**row._mapping) for row in rows]

    async def _corrections(self, recipient_id: int, month: Month) -> list[MonthCorrection]:
        rows = await self._connection.execute(
            select(corrections, digests.c.number.label("digest"))
            .join(referrals, referrals.c.id == corrections.c.referral_id)
            .join(digests, digests.c.id == referrals.c.digest_id)
            .where(
                corrections.c.recipient_id == recipient_id,
                corrections.c.owed_at >= month.since,
                corrections.c.owed_at < month.until,
            )
            .order_by(corrections.c.number)
        )
        return [
            MonthCorrection(
                row.number,
                row.referral_id,
                row.digest,
                row.owed_at,
                row.sent_at,
                Restored(row.outcome) if row.outcome else None,
            )
            for row in rows
        ]
