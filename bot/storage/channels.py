"""Channels under watch."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.domain.adding import ChannelKind, WantedBy
from bot.domain.channel import Channel, ChannelRef, WatchState
from bot.storage.store import AnyRow, Store
from bot.storage.tables import cards, channels, posts, revisions, verdicts, watches
from bot.storage.watches import WatchStore

_by_id = channels.alias()
_LISTED = (WatchState.WATCHING, WatchState.WAITING, WatchState.PAUSED, WatchState.LAPSED)


class ChannelStore(Store):
    async def find(self, ref: ChannelRef, *, for_update: bool = False) -> Channel | None:
        """The channel with this id, or else with this public name, whatever its case.

        Names move between channels and ids do not: one with another id is another channel.
        for_update: locked, and made one with a channel that was awaited under its name alone.
        """
        if for_update and ref.chat_id is not None and ref.username:
            await self._unite(ref.chat_id, ref.username)
        conditions = []
        if ref.chat_id is not None:
            conditions.append(channels.c.chat_id == ref.chat_id)
        if ref.username:
            named = channels.c.username_key == ref.username.lower()
            is_other = channels.c.chat_id.is_not(None) if ref.chat_id is not None else false()
            conditions.append(and_(named, ~is_other))
        asked = select(channels).where(or_(*conditions)).order_by(channels.c.chat_id.is_(None))
        if for_update:
            asked = asked.with_for_update()
        row = (await self._connection.execute(asked)).first()
        return _channel(row) if row else None

    async def find_plainly(self, refs: Sequence[ChannelRef]) -> dict[ChannelRef, Channel | None]:
        """What `find` for update gives for each, in one question; None for an unknown one.

        Left out are those with which more has to be done: two rows to be made one, or two refs
        that tell one channel, or one name, in two ways.
        """
        ids = Counter(ref.chat_id for ref in refs)
        names = Counter(_key(ref) for ref in refs)
        is_awaited = and_(channels.c.username_key.in_(names), channels.c.chat_id.is_(None))
        rows = await self._connection.execute(
            select(channels)
            .where(or_(channels.c.chat_id.in_(ids), is_awaited))
            .order_by(channels.c.id)
            .with_for_update()
        )
        by_id, by_name = dict[int, Channel](), dict[str, Channel]()
        for channel in map(_channel, rows):
            if channel.chat_id is not None:
                by_id[channel.chat_id] = channel
            else:
                by_name[(channel.username or "").lower()] = channel
        found = dict[ChannelRef, Channel | None]()
        for ref in refs:
            known, awaited = by_id.get(ref.chat_id or 0), by_name.get(_key(ref))
            is_told_once = ids[ref.chat_id] == 1 and (names[_key(ref)] == 1 or not ref.username)
            if is_told_once and not (known and awaited):
                found[ref] = known or awaited
        return found

    async def _unite(self, chat_id: int, username: str) -> None:
        """One known by its id (from an export) turns out to be one awaited by name: they are one.

        Whoever is awaited has no posts yet: posts come with an id, but for a page that tells none;
        then the two stay two.
        """
        of_name = and_(
            channels.c.username_key == username.lower(),
            channels.c.chat_id.is_(None),
            exists().where(_by_id.c.chat_id == chat_id),
            ~exists().where(posts.c.channel_id == channels.c.id),
        )
        await self._unite_watches(of_name, chat_id)
        awaited = (
            await self._connection.execute(
                delete(channels)
                .where(of_name)
                .returning(
                    channels.c.state,
                    channels.c.added_by,
                    channels.c.added_at,
                    channels.c.reason,
                    channels.c.kind,
                    channels.c.wanted_by,
                    channels.c.threshold,
                    channels.c.renewed_at,
                )
            )
        ).one_or_none()
        if awaited is not None:
            await self._connection.execute(
                update(channels)
                .where(channels.c.chat_id == chat_id, channels.c.state != WatchState.WATCHING)
                .values(awaited._mapping)
            )

    async def _unite_watches(self, of_name: ColumnElement[bool], chat_id: int) -> None:
        """Reading through the preview goes on from where the known channel was read."""
        asked_for = select(channels.c.id).where(of_name).scalar_subquery()
        known = select(channels.c.id).where(channels.c.chat_id == chat_id)
        began = await self._connection.scalar(
            delete(watches).where(watches.c.channel_id == asked_for).returning(watches.c.began_at)
        )
        if began is not None:
            kept, of_known = WatchStore(self._connection), await self._connection.scalar(known)
            await kept.end(of_known or 0)
            await kept.begin(of_known or 0, began)  # due at once

    async def count_subscribers(self, channel_id: int, subscribers: int, approx: bool) -> None:
        """How many follow the channel, as its page says; approx: as a rounded figure."""
        await self._connection.execute(
            update(channels)
            .where(channels.c.id == channel_id)
            .values(subscribers=subscribers, subscribers_approx=approx)
        )

    async def lose_name(self, channel_id: int) -> None:
        """Its public name belongs to another channel now. One that has no id keeps it: it could
        not be found otherwise."""
        await self._connection.execute(
            update(channels)
            .where(channels.c.id == channel_id, channels.c.chat_id.is_not(None))
            .values(username=None, username_key=None)
        )

    async def add(
        self, ref: ChannelRef, state: WatchState, added_by: int | None, now: datetime
    ) -> Channel:
        if ref.username:
            await self._take_name(ref.username, None)
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

    async def by_id(self, channel_id: int, *, for_update: bool = False) -> Channel | None:
        """With what has been read of it."""
        if for_update:
            locked = select(channels.c.id).where(channels.c.id == channel_id).with_for_update()
            await self._connection.execute(locked)
        found = await self.by_ids([channel_id])
        return found[0] if found else None

    async def by_ids(self, channel_ids: Sequence[int]) -> list[Channel]:
        """These, in this order, with what has been read of each."""
        asked = _with_counts(channel_ids).where(channels.c.id.in_(channel_ids))
        found = {row.id: _channel(row) for row in await self._connection.execute(asked)}
        return [found[one] for one in channel_ids if one in found]

    async def change(self, channel_id: int, **values: Any) -> None:
        await self._connection.execute(
            update(channels).where(channels.c.id == channel_id).values(values)
        )

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
            await self._take_name(ref.username, channel_id)
        if ref.title:
            known["title"] = ref.title
        if known:
            await self._connection.execute(
                update(channels).where(channels.c.id == channel_id).values(known)
            )

    async def _take_name(self, username: str, for_channel: int | None) -> None:
        """A public name belongs to the channel that carries it now, and to no other."""
        await self._connection.execute(
            update(channels)
            .where(
                channels.c.username_key == username.lower(),
                channels.c.chat_id.is_not(None),
                *([channels.c.id != for_channel] if for_channel is not None else []),
            )
            .values(username=None, username_key=None)
        )

    async def under_watch(self) -> list[Channel]:
        """Channels that are watched or waited for, by name; without what has been read of them."""
        return await self._listed([WatchState.WATCHING, WatchState.WAITING])

    async def listed(self, limit: int, offset: int) -> Sequence[int]:
        """Some of those under watch, and those whose watch is paused or has lapsed: by state and
        name.
        """
        found = await self._connection.scalars(
            select(channels.c.id)
            .where(channels.c.state.in_(_LISTED))
            .order_by(*_by_state_and_name(_LISTED))
            .limit(limit)
            .offset(offset)
        )
        return found.all()

    async def count_listed(self) -> Sequence[AnyRow]:
        """How many of these there are: rows of state, health of the preview's visits, and count.

        health: NULL where the preview is not to read them.
        """
        rows = await self._connection.execute(
            select(channels.c.state, watches.c.health, func.count().label("channels"))
            .outerjoin(
                watches, and_(watches.c.channel_id == channels.c.id, watches.c.is_active.is_(True))
            )
            .where(channels.c.state.in_(_LISTED))
            .group_by(channels.c.state, watches.c.health)
        )
        return rows.all()

    async def confirmed_at(self, channel_ids: Collection[int] | None = None) -> dict[int, datetime]:
        """When a post was confirmed last, by channel; of all that have any, or of some."""
        asked = (
            select(posts.c.channel_id, func.max(cards.c.decided_at).label("at"))
            .join(cards, cards.c.post_id == posts.c.id)
            .where(cards.c.is_forwardable)
            .group_by(posts.c.channel_id)
        )
        if channel_ids is not None:
            asked = asked.where(posts.c.channel_id.in_(channel_ids))
        return {row.channel_id: row.at for row in await self._connection.execute(asked) if row.at}

    async def _listed(self, states: Sequence[WatchState]) -> list[Channel]:
        rows = await self._connection.execute(
            select(channels)
            .where(channels.c.state.in_(states))
            .order_by(*_by_state_and_name(states))
        )
        return [_channel(row) for row in rows]


def _key(ref: ChannelRef) -> str:
    """Its public name as `username_key` holds it; empty without one, as no row's is."""
    return (ref.username or "").lower()


def _by_state_and_name(states: Sequence[WatchState]) -> tuple[ColumnElement[Any], ...]:
    order = case({state: place for place, state in enumerate(states)}, value=channels.c.state)
    return order, channels.c.username_key, channels.c.id


def _with_counts(channel_ids: Collection[int]) -> Select[Any]:
    of_these = posts.c.channel_id.in_(channel_ids)
    read = (
        select(
            posts.c.channel_id,
            func.count().label("posts"),
            func.count().filter(posts.c.is_readable.is_(False)).label("unreadable"),
            func.max(posts.c.posted_at).label("last_post_at"),
        )
        .where(of_these)
        .group_by(posts.c.channel_id)
        .subquery()
    )
    flagged = (
        select(posts.c.channel_id, func.count(posts.c.id.distinct()).label("flagged"))
        .join(revisions, revisions.c.post_id == posts.c.id)
        .join(verdicts, verdicts.c.revision_id == revisions.c.id)
        .where(verdicts.c.is_flagged, of_these)
        .group_by(posts.c.channel_id)
        .subquery()
    )
    return (
        select(
            channels,
            read.c.posts,
            read.c.unreadable,
            read.c.last_post_at,
            flagged.c.flagged,
        )
        .outerjoin(read, read.c.channel_id == channels.c.id)
        .outerjoin(flagged, flagged.c.channel_id == channels.c.id)
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
        removed_at=kept["removed_at"],
        threshold=kept["threshold"],
        reason=kept["reason"],
        kind=ChannelKind(kept["kind"]),
        wanted_by=WantedBy(kept["wanted_by"]),
        renewed_at=kept["renewed_at"],
        renewal_asked_at=kept["renewal_asked_at"],
        flagged=kept.get("flagged") or 0,
    )
