"""Looks at posts that are about to leave in a digest: which are due, and which are under way."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, insert, literal, or_, select, union, update

from bot.domain.case import CaseState
from bot.domain.recipient import SERVED
from bot.domain.referral import ReferralState
from bot.domain.watching import LOOKS_AFTER
from bot.storage.store import Store
from bot.storage.tables import (
    cards,
    channels,
    posts,
    rechecks,
    recipient_codes,
    recipients,
    referrals,
    watches,
)
from bot.storage.types import UtcDateTime
from bot.storage.watches import to_be_visited


class LastLookStore(Store):
    async def leaving_soon(self, now: datetime, lead: timedelta) -> Sequence[int]:
        """Posts that leave within the lead and were not looked at in a time as long.

        Those owed to a timetable, and those confirmed just now whose code does not wait for one.
        """
        owed = (
            select(referrals.c.post_id)
            .join(recipients, recipients.c.id == referrals.c.recipient_id)
            .where(
                referrals.c.state == ReferralState.OWED,
                recipients.c.state.in_(SERVED),
                recipients.c.next_digest_at > now,
                recipients.c.next_digest_at <= now + lead,
            )
        )
        at_once = (
            select(cards.c.post_id)
            .join(recipient_codes, recipient_codes.c.harm == cards.c.harm)
            .join(recipients, recipients.c.id == recipient_codes.c.recipient_id)
            .where(
                cards.c.state == CaseState.CONFIRMED,
                cards.c.decided_at > now - lead,
                recipient_codes.c.is_at_once,
                recipients.c.state.in_(SERVED),
            )
        )
        # From the few that leave to their posts: there may be a million of those.
        leaving = union(owed, at_once)
        return await self._found(_unlooked(now - lead).where(posts.c.id.in_(leaving)))

    async def of_digest(self, digest_id: int, now: datetime, lead: timedelta) -> Sequence[int]:
        """Posts of a digest on its way that were not looked at within the lead."""
        return await self._found(_unlooked(now - lead).where(_carried(digest_id)))

    async def _found(self, asked: Select[int]) -> Sequence[int]:
        return (await self._connection.scalars(asked.order_by(posts.c.id))).all()

    async def want(self, post_ids: Collection[int], now: datetime) -> None:
        """Has these posts looked at before all others. The caller holds the audit log."""
        moment = literal(now, UtcDateTime)
        begun = literal(now - LOOKS_AFTER[-1], UtcDateTime)  # so this look is the last one
        await self._connection.execute(
            update(rechecks)
            .where(rechecks.c.post_id.in_(post_ids))
            .values(due_at=now, wanted_at=now)
        )
        known = select(rechecks.c.post_id)
        await self._connection.execute(
            insert(rechecks).from_select(
                ["post_id", "owed_at", "due_at", "wanted_at", "round"],
                select(posts.c.id, begun, moment, moment, literal(len(LOOKS_AFTER) - 1)).where(
                    posts.c.id.in_(post_ids), posts.c.id.not_in(known)
                ),
            )
        )
        await self._connection.execute(
            update(posts).where(posts.c.id.in_(post_ids)).values(asked_at=now)
        )

    async def is_awaited(self, digest_id: int) -> bool:
        """Whether the answer for a post of the digest is still to come."""
        asked = (
            select(posts.c.id)
            .join(rechecks, rechecks.c.post_id == posts.c.id)
            .join(channels, channels.c.id == posts.c.channel_id)
            .join(watches, watches.c.channel_id == channels.c.id)
            .where(rechecks.c.wanted_at.is_not(None), to_be_visited(), _carried(digest_id))
        )
        return (await self._connection.execute(asked.limit(1))).first() is not None


def _unlooked(since: datetime) -> Select[int]:
    """Posts that the preview can be asked for, and neither was nor should be left alone."""
    return (
        select(posts.c.id)
        .join(channels, channels.c.id == posts.c.channel_id)
        .join(watches, watches.c.channel_id == channels.c.id)
        .outerjoin(rechecks, rechecks.c.post_id == posts.c.id)
        .where(
            to_be_visited(),
            posts.c.deleted_at.is_(None),
            or_(posts.c.asked_at.is_(None), posts.c.asked_at < since),
            or_(posts.c.stood_at.is_(None), posts.c.stood_at < since),
            # What was denied, or answered for in vain, is asked for again in its own time.
            rechecks.c.missing_since.is_(None),
            or_(rechecks.c.failures.is_(None), rechecks.c.failures == 0),
        )
    )


def _carried(digest_id: int) -> ColumnElement[bool]:
    return posts.c.id.in_(
        select(referrals.c.post_id).where(
            referrals.c.digest_id == digest_id, referrals.c.state == ReferralState.LEASED
        )
    )
