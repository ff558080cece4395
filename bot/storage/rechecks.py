"""Flagged posts that are looked at again, and posts that turned out to be gone."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, insert, literal, select, update

from bot.domain.watching import LOOKS_AFTER, Recheck
from bot.storage.store import AnyRow, Store
from bot.storage.tables import channels, post_members, posts, rechecks, watches
from bot.storage.types import UtcDateTime
from bot.storage.watches import to_be_visited


class RecheckStore(Store):
    async def owe(self, post_id: int, now: datetime) -> None:
        """A post was flagged: it is looked at again, if its channel is read through the preview."""
        moment, first = literal(now, UtcDateTime), literal(now + LOOKS_AFTER[0], UtcDateTime)
        await self._connection.execute(delete(rechecks).where(rechecks.c.post_id == post_id))
        await self._connection.execute(
            insert(rechecks).from_select(
                ["post_id", "owed_at", "due_at"],
                select(posts.c.id, moment, first)
                .join(watches, watches.c.channel_id == posts.c.channel_id)
                .where(posts.c.id == post_id, watches.c.is_active.is_(True)),
            )
        )

    async def hasten(self, channel_id: int, numbers: Collection[int], now: datetime) -> None:
        """Posts that should have been on a page are looked at now, those that were flagged."""
        await self._connection.execute(
            update(rechecks)
            .where(
                rechecks.c.due_at > now,
                rechecks.c.missing_since.is_(None),
                exists().where(
                    posts.c.id == rechecks.c.post_id,
                    posts.c.channel_id == channel_id,
                    posts.c.message_id.in_(numbers),
                ),
            )
            .values(due_at=now)
        )

    async def get(self, post_id: int) -> Recheck | None:
        """None where there is nothing (more) to be looked at."""
        row = (
            await self._connection.execute(_asked().where(rechecks.c.post_id == post_id))
        ).one_or_none()
        if row is None:
            return None
        numbers = await self._connection.scalars(
            select(post_members.c.message_id)
            .where(post_members.c.post_id == post_id)
            .order_by(post_members.c.message_id)
        )
        return _recheck(row, tuple(numbers))

    async def due(self, now: datetime, limit: int) -> Sequence[tuple[int, int, datetime]]:
        """Posts to look at, the longest due first: post, channel, since when."""
        return await self._due(now, limit, rechecks.c.wanted_at.is_(None))

    async def wanted(self, now: datetime, limit: int) -> Sequence[tuple[int, int, datetime]]:
        """As `due`, of posts that a digest waits for."""
        return await self._due(now, limit, rechecks.c.wanted_at.is_not(None))

    async def _due(
        self, now: datetime, limit: int, condition: ColumnElement[bool]
    ) -> Sequence[tuple[int, int, datetime]]:
        rows = await self._connection.execute(
            _asked()
            .where(rechecks.c.due_at <= now, condition)
            .order_by(rechecks.c.due_at)
            .limit(limit)
        )
        return [(row.post_id, row.channel_id, row.due_at) for row in rows]

    async def keep(self, recheck: Recheck, *, is_answered: bool = True) -> None:
        """is_answered: the host has said what it will say now, and nobody waits for it any more."""
        no_longer = {"wanted_at": None} if is_answered else {}
        await self._connection.execute(
            update(rechecks)
            .where(rechecks.c.post_id == recheck.post_id)
            .values(
                due_at=recheck.due_at,
                round=recheck.round,
                member=recheck.member,
                failures=recheck.failures,
                missing_since=recheck.missing_since,
                **no_longer,
            )
        )

    async def stood(self, post_id: int, now: datetime) -> None:
        """Its own page was seen, with its message."""
        await self._connection.execute(
            update(posts).where(posts.c.id == post_id).values(stood_at=now)
        )

    async def done(self, post_id: int) -> None:
        await self._connection.execute(delete(rechecks).where(rechecks.c.post_id == post_id))

    async def gone(self, post_id: int, since: datetime) -> None:
        """The post was deleted; at the latest at that moment."""
        await self._connection.execute(
            update(posts).where(posts.c.id == post_id).values(deleted_at=since)
        )

    async def stand(self, channel_id: int, numbers: Collection[int]) -> list[int]:
        """Posts of these numbers are there; which of them counted as deleted, by their ids."""
        back = await self._connection.scalars(
            update(posts)
            .where(
                posts.c.channel_id == channel_id,
                posts.c.message_id.in_(numbers),
                posts.c.deleted_at.is_not(None),
            )
            .values(deleted_at=None)
            .returning(posts.c.id)
        )
        return list(back)


def _asked() -> Select[*tuple[object, ...]]:
    return (
        select(rechecks, posts.c.channel_id, channels.c.username)
        .join(posts, posts.c.id == rechecks.c.post_id)
        .join(channels, channels.c.id == posts.c.channel_id)
        .join(watches, watches.c.channel_id == channels.c.id)
        .where(to_be_visited())
    )


def _recheck(row: AnyRow, member_ids: tuple[int, ...]) -> Recheck:
    return Recheck(
        post_id=row.post_id,
        channel_id=row.channel_id,
        username=row.username,
        member_ids=member_ids,
        owed_at=row.owed_at,
        due_at=row.due_at,
        round=row.round,
        member=row.member,
        failures=row.failures,
        missing_since=row.missing_since,
    )
