"""Channels under watch."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update

from bot.domain.channel import Channel, ChannelRef, WatchState
from bot.storage.store import AnyRow, Store
from bot.storage.tables import channels, posts


class ChannelStore(Store):
    async def find(self, ref: ChannelRef, *, for_update: bool = False) -> Channel | None:
        """The channel with this id, or else with this public name, whatever its case."""
        conditions = []
        if ref.chat_id is not None:
            conditions.append(channels.c.chat_id == ref.chat_id)
        if ref.username:
            conditions.append(channels.c.username_key == ref.username.lower())
        asked = select(channels).where(or_(*conditions)).order_by(channels.c.chat_id.is_(None))
        if for_update:
            asked = asked.with_for_update()
        row = (await self._connection.execute(asked)).first()
        return _channel(row) if row else None

    async def add(
        self, ref: ChannelRef, state: WatchState, added_by: int | None, now: datetime
    ) -> Channel:
        await self._connection.execute(
            insert(channels).values(
                chat_id=ref.chat_id,
                username=ref.username,
                username_key=ref.username.lower() if ref.username else None,
                title=ref.title,
                state=state,
                added_by=added_by,
                added_at=now,
            )
        )
        added = await self.find(ref)
        assert added is not None  # inserted above
        return added

    async def set_state(self, channel_id: int, state: WatchState) -> None:
        await self._connection.execute(
            update(channels).where(channels.c.id == channel_id).values(state=state)
        )

    async def learn(self, channel_id: int, ref: ChannelRef) -> None:
        """Fills in what Telegram now says of a channel: its id, a changed name or title."""
        known: dict[str, Any] = {}
        if ref.chat_id is not None:
            known["chat_id"] = ref.chat_id
        if ref.username:
            known |= {"username": ref.username, "username_key": ref.username.lower()}
            # Names move between channels: the one that carries it now has it.
            await self._connection.execute(
                update(channels)
                .where(
                    channels.c.username_key == ref.username.lower(),
                    channels.c.id != channel_id,
                    channels.c.chat_id.is_not(None),
                )
                .values(username=None, username_key=None)
            )
        if ref.title:
            known["title"] = ref.title
        if known:
            await self._connection.execute(
                update(channels).where(channels.c.id == channel_id).values(known)
            )

    async def under_watch(self) -> list[Channel]:
        """Channels that are watched or waited for, with what has been read of each, by name."""
        rows = await self._connection.execute(
            _with_counts()
            .where(channels.c.state.in_([WatchState.WATCHING, WatchState.WAITING]))
            .order_by(channels.c.state.desc(), channels.c.username_key)
        )
        return [_channel(row) for row in rows]


def _with_counts() -> Select[Any]:
    read = (
        select(
            posts.c.channel_id,
            func.count().label("posts"),
            func.count().filter(posts.c.is_readable.is_(False)).label("unreadable"),
            func.max(posts.c.posted_at).label("last_post_at"),
        )
        .group_by(posts.c.channel_id)
        .subquery()
    )
    return select(channels, read.c.posts, read.c.unreadable, read.c.last_post_at).outerjoin(
        read, read.c.channel_id == channels.c.id
    )


def _channel(row: AnyRow) -> Channel:
    kept = row._mapping
    return Channel(
        id=kept["id"],
        chat_id=kept["chat_id"],
        username=kept["username"],
        title=kept["title"],
        state=WatchState(kept["state"]),
        added_at=kept["added_at"],
        posts=kept.get("posts") or 0,
        unreadable=kept.get("unreadable") or 0,
        last_post_at=kept.get("last_post_at"),
    )
