"""Puts channels under watch and takes them off again."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.channel import BadRef, Channel, ChannelRef, WatchState, parse_ref
from bot.domain.people import Person
from bot.ports import Clock, Directory
from bot.services.names import learn_names, turned_private
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

_WANTED = (WatchState.WAITING, WatchState.WATCHING)


class Answer(StrEnum):
    """What became of one name that an admin wrote."""

    WATCHING = "watching"
    WAITING = "waiting"
    ALREADY = "already"
    PRIVATE = "private"
    NOT_A_CHANNEL = "not_a_channel"
    BAD_NAME = "bad_name"
    REMOVED = "removed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answered:
    """written: as the admin wrote it. name: the channel's, where it is one."""

    answer: Answer
    written: str
    name: str = ""


class Watch:
    def __init__(self, database: Database, clock: Clock, directory: Directory) -> None:
        self._database = database
        self._clock = clock
        self._directory = directory

    async def add(self, admin: Person, written: Sequence[str]) -> list[Answered]:
        """An answer for each name or link, in their order. Telegram is asked before we write."""
        refs = [(one, await self._resolve(one)) for one in written]
        answers: list[Answered] = []
        async with self._database.work() as work:
            for one, ref in refs:
                if isinstance(ref, Answer):
                    answers.append(Answered(ref, one))
                else:
                    answers.append(await self._add(work, admin, one, *ref))
            await work.commit()
        return answers

    async def _resolve(self, written: str) -> Answer | tuple[ChannelRef, bool]:
        """What Telegram knows of a name, and whether the bot is in the channel."""
        name = parse_ref(written)
        if isinstance(name, BadRef):
            return Answer(name.value)
        found = await self._directory.look_up(name)
        if found is None:
            # Telegram tells a bot little of channels it is not in: wait for the owner to add it.
            return ChannelRef(username=name), False
        if not found.is_channel:
            return Answer.NOT_A_CHANNEL
        return found.ref, found.has_bot

    async def _add(
        self, work: UnitOfWork, admin: Person, written: str, ref: ChannelRef, has_bot: bool
    ) -> Answered:
        now = self._clock.now()
        state = WatchState.WATCHING if has_bot else WatchState.WAITING
        channel = await work.channels.find(ref, for_update=True)
        if channel and channel.state in (state, WatchState.WATCHING):
            return Answered(Answer.ALREADY, written, channel.name)
        if channel is None:
            channel = await work.channels.add(ref, state, admin.id, now)
        else:
            await work.channels.learn(channel.id, ref)
            await work.channels.set_state(channel.id, state)
        await work.audit.write(
            "channel added", f"channel {channel.id}", now, admin.id, {"state": state}
        )
        return Answered(Answer(state.value), written, channel.name)

    async def remove(self, admin: Person, written: Sequence[str]) -> list[Answered]:
        """Takes channels off watch; what was read of them stays."""
        answers: list[Answered] = []
        async with self._database.work() as work:
            for one in written:
                answers.append(await self._remove(work, admin, one))
            await work.commit()
        return answers

    async def _remove(self, work: UnitOfWork, admin: Person, written: str) -> Answered:
        name = parse_ref(written)
        if isinstance(name, BadRef):
            return Answered(Answer(name.value), written)
        channel = await work.channels.find(ChannelRef(username=name), for_update=True)
        if channel is None or channel.state in (WatchState.REMOVED, WatchState.SCANNED):
            return Answered(Answer.UNKNOWN, written)
        await work.channels.set_state(channel.id, WatchState.REMOVED)
        await work.audit.write(
            "channel removed", f"channel {channel.id}", self._clock.now(), admin.id
        )
        return Answered(Answer.REMOVED, written, channel.name)

    async def listed(self) -> list[Channel]:
        async with self._database.look() as work:
            return await work.channels.under_watch()

    async def bot_entered(self, ref: ChannelRef, *, was_inside: bool = False) -> bool:
        """The bot is in a public channel; whether that channel is wanted.

        One that nobody asked for stays unwatched, and admins are told how to watch it. was_inside:
        only its rights there changed, so nobody is told of that again.
        """
        async with self._database.work() as work:
            channel = await work.channels.find(ref, for_update=True)
            wanted = channel is not None and channel.state in _WANTED
            if channel is not None and wanted:
                await learn_names(work, self._clock, channel, ref)
                if channel.state is WatchState.WAITING:
                    await self._reached(work, channel, ref)
            elif not was_inside:
                await tell_admins(work, self._clock, "told-channel-unasked", channel=ref.name)
            await work.commit()
        return wanted

    async def _reached(self, work: UnitOfWork, channel: Channel, ref: ChannelRef) -> None:
        await work.channels.set_state(channel.id, WatchState.WATCHING)
        await work.audit.write("channel reached", f"channel {channel.id}", self._clock.now())
        await tell_admins(work, self._clock, "told-channel-reached", channel=ref.name)

    async def bot_left(self, ref: ChannelRef, *, is_still_member: bool = False) -> None:
        """The bot was thrown out, or (is_still_member) is no administrator any more.

        Either way no post reaches it: the channel waits again, and admins are told once.
        """
        async with self._database.work() as work:
            channel = await work.channels.find(ref, for_update=True)
            if channel is not None and channel.state is WatchState.WATCHING:
                await work.channels.set_state(channel.id, WatchState.WAITING)
                await work.audit.write("channel lost", f"channel {channel.id}", self._clock.now())
                key = "told-channel-demoted" if is_still_member else "told-channel-lost"
                await tell_admins(work, self._clock, key, channel=channel.name)
                await work.commit()

    async def bot_in_private(self, ref: ChannelRef) -> bool:
        """The bot is in a channel without a public name; whether it was watched when it had one.

        Such a one is kept and not read. Of any other admins are told that the bot leaves it.
        """
        async with self._database.work() as work:
            channel = await work.channels.find(ref, for_update=True)
            if channel is not None and channel.state in _WANTED:
                await turned_private(work, self._clock, channel)
            else:
                channel = None
                await tell_admins(work, self._clock, "told-chat-refused", channel=ref.name)
            await work.commit()
        return channel is not None

    async def refused(self, ref: ChannelRef) -> None:
        """The bot was added to what is no channel: admins are told that it leaves."""
        async with self._database.work() as work:
            await tell_admins(work, self._clock, "told-chat-refused", channel=ref.name)
            await work.commit()
