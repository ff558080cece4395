"""Disputes: a recipient's "not violating", and what moderators who did not confirm say of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, delete, insert, or_, select, update

from bot.domain.case import Choice
from bot.domain.channel import post_link
from bot.domain.codes import HarmCode
from bot.domain.receipt import DisputePress, DisputeState
from bot.storage.store import Store
from bot.storage.tables import (
    cards,
    channels,
    disputes,
    outbox,
    posts,
    recipients,
    referrals,
    reviews,
    revisions,
)


@dataclass(frozen=True)
class Dispute:
    """A "not violating", with what a moderator needs to see of the post."""

    id: int
    referral_id: int
    card_id: int
    case_id: int
    state: DisputeState
    harm: HarmCode
    text: str
    link: str
    recipient: str


class DisputeStore(Store):
    async def open(self, referral_id: int, receipt_id: int, now: datetime) -> int:
        kept = await self._connection.execute(
            insert(disputes)
            .values(
                referral_id=referral_id,
                receipt_id=receipt_id,
                state=DisputeState.OPEN,
                opened_at=now,
            )
            .returning(disputes.c.id)
        )
        return int(kept.scalar_one())

    async def get(self, dispute_id: int) -> Dispute | None:
        """A dispute, locked until the transaction ends."""
        row = (
            await self._connection.execute(
                select(
                    disputes.c.id,
                    disputes.c.referral_id,
                    disputes.c.state,
                    cards.c.id.label("card_id"),
                    cards.c.case_id,
                    referrals.c.harm,
                    revisions.c.text,
                    posts.c.message_id,
                    channels.c.chat_id,
                    channels.c.username,
                    recipients.c.name,
                )
                .join(referrals, referrals.c.id == disputes.c.referral_id)
                .join(recipients, recipients.c.id == referrals.c.recipient_id)
                .join(cards, cards.c.id == referrals.c.card_id)
                .join(revisions, revisions.c.id == referrals.c.revision_id)
                .join(posts, posts.c.id == referrals.c.post_id)
                .join(channels, channels.c.id == posts.c.channel_id)
                .where(disputes.c.id == dispute_id)
                .with_for_update(of=disputes)
            )
        ).one_or_none()
        if row is None:
            return None
        return Dispute(
            id=row.id,
            referral_id=row.referral_id,
            card_id=row.card_id,
            case_id=row.case_id,
            state=DisputeState(row.state),
            harm=HarmCode(row.harm),
            text=row.text,
            link=post_link(row.chat_id, row.username, row.message_id),
            recipient=row.name,
        )

    async def decide(self, dispute_id: int, state: DisputeState, by: int, now: datetime) -> None:
        await self._connection.execute(
            update(disputes)
            .where(disputes.c.id == dispute_id, disputes.c.state == DisputeState.OPEN)
            .values(state=state, decided_by=by, decided_at=now)
        )

    async def confirmers(self, card_id: int) -> set[int]:
        """People whose confirmation of the card, as it reads now, stands."""
        rows = await self._connection.scalars(
            select(reviews.c.person_id)
            .join(cards, cards.c.id == reviews.c.card_id)
            .where(
                reviews.c.card_id == card_id,
                reviews.c.revision_id == cards.c.revision_id,
                reviews.c.stands,
                reviews.c.choice == Choice.CONFIRM,
            )
        )
        return set(rows)

    async def forget_questions(self, post_ids: Collection[int]) -> int:
        """Removes questions about these posts that have not left: they quote them. How many."""
        found = await self._connection.scalars(
            select(disputes.c.id)
            .join(referrals, referrals.c.id == disputes.c.referral_id)
            .where(referrals.c.post_id.in_(post_ids))
        )
        asking = [
            cast(outbox.c.letter, Text).like(f'%"{DisputePress(one, DisputeState.AGREED).pack()}"%')
            for one in found
        ]
        if not asking:
            return 0
        gone = await self._connection.execute(
            delete(outbox).where(outbox.c.kind == "notice", or_(*asking))
        )
        return int(gone.rowcount)
