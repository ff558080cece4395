"""Takes channels off watch, and follows the bot in and out of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.adding import Outcome
from bot.domain.channel import BadRef, Channel, ChannelRef, WatchState, parse_ref
from bot.domain.people import Person
from bot.ports import Clock, Letter
from bot.services.enlist import take_off
from bot.services.names import learn_names, turned_private
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import say

_WANTED = (WatchState.WAITING, WatchState.WATCHING)


@dataclass(frozen=True)
class Answered:
    """written: as the admin wrote it. name: the channel's, where it is one."""

    answer: Outcome
    written: str
    name: str = ""


class Watch:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

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
            return Answered(Outcome(name.value), written)
        channel = await work.channels.find(ChannelRef(username=name), for_update=True)
        if channel is None or channel.state in (WatchState.REMOVED, WatchState.SCANNED):
            return Answered(Outcome.UNKNOWN, written)
        await take_off(work, self._clock, channel, admin.id)
        return Answered(Outcome.REMOVED, written, channel.name)

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

    async def bot_in_private(self, ref: ChannelRef, language: str) -> None:
        """The bot is in a channel without a public name.

        One that was watched when it had one is kept and not read. Any other is told why and left,
        and admins hear of it.
        """
        async with self._database.work() as work:
            channel = await work.channels.find(ref, for_update=True)
            if channel is not None and channel.state in _WANTED:
                await turned_private(work, self._clock, channel)
            else:
                await tell_admins(work, self._clock, "told-chat-refused", channel=ref.name)
                assert ref.chat_id is not None  # Telegram's own word
                farewell = Letter(say(language, "channel-farewell"), is_last=True)
                await work.outbox.owe_notice(ref.chat_id, farewell, self._clock.now())
            await work.commit()
