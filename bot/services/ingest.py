"""Keeps posts: each publication once, each edit as a revision."""

from collections.abc import Sequence
from itertools import groupby

from bot.domain.channel import Channel, ChannelRef, WatchState
from bot.domain.post import Post, join_album
from bot.ports import Clock
from bot.services.names import learn_names, turned_private
from bot.storage.database import Database
from bot.storage.posts import Kept
from bot.storage.unit_of_work import UnitOfWork


class Ingest:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def live(self, arrived: Sequence[Post], update_ids: Sequence[int]) -> Kept:
        """Keeps posts of channels under watch and marks their updates as handled, all in one.

        Posts of other channels are not kept: being in a channel is not being asked to watch it.
        """
        async with self._database.work(patient=True) as work:
            watched = await self._watched(work, _by_channel(arrived))
            kept = await work.posts.keep_all(watched, self._clock.now())
            await work.inbox.handled(update_ids, self._clock.now())
            await work.commit()
        return kept

    async def _watched(
        self, work: UnitOfWork, by_channel: list[tuple[ChannelRef, list[Post]]]
    ) -> list[tuple[int, list[Post]]]:
        """Those under watch, by their channels' ids."""
        found = await work.channels.find_plainly([ref for ref, _ in by_channel])
        watched = dict[int, list[Post]]()
        for ref, posts in by_channel:
            if ref in found:
                channel = found[ref]
            else:
                channel = await work.channels.find(ref, for_update=True)
            if channel is not None and await self._is_watched(work, channel, ref):
                watched.setdefault(channel.id, []).extend(posts)
        return list(watched.items())

    async def service(self, ref: ChannelRef, update_id: int) -> None:
        """A service message is no post; it may be the first to tell a channel's new name."""
        async with self._database.work() as work:
            channel = await work.channels.find(ref, for_update=True)
            if channel is not None:
                await self._is_watched(work, channel, ref)
            await work.inbox.handled([update_id], self._clock.now())
            await work.commit()

    async def _is_watched(self, work: UnitOfWork, channel: Channel, ref: ChannelRef) -> bool:
        if channel.state not in (WatchState.WATCHING, WatchState.WAITING):
            return False
        if not ref.username:
            await turned_private(work, self._clock, channel)
            return False
        if channel.state is WatchState.WAITING:
            # Its posts reach us, so the owner has added the bot, whatever else we were told.
            await work.channels.set_state(channel.id, WatchState.WATCHING)
        if (channel.chat_id, channel.username, channel.title) != (
            ref.chat_id,
            ref.username,
            ref.title,
        ):
            await learn_names(work, self._clock, channel, ref)
        return True

    async def from_file(self, arrived: Sequence[Post]) -> Kept:
        """Keeps posts of an export; a channel that nobody watches is kept as scanned."""
        async with self._database.work() as work:
            kept = Kept()
            for ref, posts in _by_channel(arrived):
                channel = await work.channels.find(ref, for_update=True)
                if channel is None:
                    channel = await work.channels.add(
                        ref, WatchState.SCANNED, None, self._clock.now()
                    )
                elif channel.chat_id is None:  # awaited by name: this is its id
                    await work.channels.learn(channel.id, ref)
                kept += await work.posts.keep(channel.id, posts, self._clock.now())
            await work.commit()
        return kept


def _by_channel(arrived: Sequence[Post]) -> list[tuple[ChannelRef, list[Post]]]:
    """Posts by channel in the order they came, members of one album joined."""
    by_id = sorted(
        arrived, key=lambda post: (post.channel.chat_id or 0, post.channel.username or "")
    )
    grouped = groupby(by_id, key=lambda post: (post.channel.chat_id, post.channel.username))
    return [_joined(list(posts)) for _, posts in grouped]


def _joined(posts: list[Post]) -> tuple[ChannelRef, list[Post]]:
    albums: dict[str, list[Post]] = {}
    singles: list[Post] = []
    for post in posts:
        # An edit of a member is a later version of it: it is kept by itself, after the album.
        # So is one that stands in a file twice: an album has each of its messages once.
        album = albums.setdefault(post.album_id, []) if post.album_id else []
        known = {number for member in album for number in member.member_ids}
        if post.album_id and post.edited_at is None and not known & set(post.member_ids):
            album.append(post)
        else:
            singles.append(post)
    joined = [join_album(members) for members in albums.values() if members]
    return posts[-1].channel, sorted([*joined, *singles], key=lambda post: post.message_id)
