"""Channels whose owner asked not to be watched: taken off, and not added while they are listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.channel import BadRef, ChannelRef, WatchState, parse_ref
from bot.domain.people import Person
from bot.ports import Clock
from bot.services.enlist import take_off
from bot.storage.database import Database
from bot.storage.left_out import LeftOut

_LONGEST_REASON = 500


class LeaveAnswer(StrEnum):
    """NO_REASON: an entry needs the owner's words or where they stand."""

    LISTED = "listed"
    ALREADY = "already"
    BAD_NAME = "bad_name"
    NO_REASON = "no_reason"


@dataclass(frozen=True)
class Left:
    """was_watched: it was under watch until now."""

    answer: LeaveAnswer
    name: str
    was_watched: bool = False


class LeaveOut:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, admin: Person, written: str, reason: str) -> Left:
        """What was kept of it stays. The audit log tells who listed it, not why."""
        name = parse_ref(written)
        if isinstance(name, BadRef):
            return Left(LeaveAnswer.BAD_NAME, written[:64])
        reason = " ".join(reason.split())[:_LONGEST_REASON]
        if not reason:
            return Left(LeaveAnswer.NO_REASON, f"@{name}")
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            channel = await work.channels.find(ChannelRef(username=name), for_update=True)
            ref = channel.ref if channel else ChannelRef(username=name)
            if await work.left_out.has(ref):
                return Left(LeaveAnswer.ALREADY, ref.name)
            was_watched = channel is not None and channel.state not in (
                WatchState.REMOVED,
                WatchState.SCANNED,
            )
            if channel is not None and was_watched:
                await take_off(work, self._clock, channel, admin.id)
            entry = await work.left_out.add(ref, reason, admin.id, now)
            await work.audit.write(
                "channel left out",
                f"left out {entry}",
                now,
                admin.id,
                {"channel": channel.id if channel else None},
            )
            await work.commit()
        return Left(LeaveAnswer.LISTED, ref.name, was_watched)

    async def listed(self) -> Sequence[LeftOut]:
        async with self._database.look() as work:
            return await work.left_out.listed()

    async def lift(self, admin: Person, entry_id: int) -> str | None:
        """The name that may be added again; None where it is not listed (any more)."""
        now = self._clock.now()
        async with self._database.work() as work:
            name = await work.left_out.lift(entry_id, admin.id, now)
            if name is not None:
                await work.audit.write("channel let in", f"left out {entry_id}", now, admin.id)
                await work.commit()
        return name
