"""Shows admins the channels, page by page, and does what their buttons ask for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.adding import AdditionState
from bot.domain.channel import Channel, WatchState
from bot.domain.errors import TryLater
from bot.domain.health import Health
from bot.domain.overseen import (
    LIFETIME,
    PAGE_SIZE,
    UNDO_REMOVAL,
    Act,
    ChannelPress,
    Overseen,
    Page,
    Reading,
    Standing,
    why_not_well,
)
from bot.domain.people import Person
from bot.domain.post import SourceKind
from bot.ports import Clock, Directory
from bot.services.enlist import begin_preview, take_off
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from bot.storage.watches import WatchReport

_ENDS = (WatchState.WATCHING, WatchState.WAITING)


class Done(StrEnum):
    """What became of a press. GONE: the channel is not what it was when the button was drawn."""

    PAUSED = "paused"
    RESUMED = "resumed"
    PREVIEW = "preview"
    BOT = "bot"
    PREVIEW_OFF = "preview-off"
    LEVEL = "level"
    REMOVED = "removed"
    UNDONE = "undone"
    TOO_LATE = "too-late"
    LEFT_OUT = "left-out"
    RENEWED = "renewed"
    GONE = "gone"


@dataclass(frozen=True)
class Did:
    """seen: the channel as it stands now, None where there is none. before: its state before."""

    done: Done
    seen: Overseen | None = None
    before: WatchState | None = None


class Oversee:
    def __init__(self, database: Database, clock: Clock, directory: Directory) -> None:
        self._database = database
        self._clock = clock
        self._directory = directory

    async def page(self, number: int) -> Page:
        """The page, or the last one where there are fewer by now."""
        async with self._database.look() as work:
            standing = await _standing(work)
            requests = await work.additions.count_in_state(AdditionState.REQUESTED)
            requests += await work.kind_changes.count_asked()
            total = sum(one.count for one in standing)
            pages = max(1, -(-total // PAGE_SIZE))
            number = min(number, pages - 1)
            ids = await work.channels.listed(PAGE_SIZE, number * PAGE_SIZE)
            view = await _view(work, ids)
            rows = [_seen(one, view) for one in await work.channels.by_ids(ids)]
        why: Counter[str] = Counter()
        for one in standing:
            why[one.why_not_well or "well"] += one.count
        return Page(number, pages, total, tuple(rows), dict(why), requests)

    async def everything(self) -> list[Standing]:
        """All channels that are listed, those that are read alike together."""
        async with self._database.look() as work:
            return await _standing(work)

    async def show(self, channel_id: int) -> Overseen | None:
        async with self._database.look() as work:
            return await self._look(work, channel_id)

    async def _look(self, work: UnitOfWork, channel_id: int) -> Overseen | None:
        channel = await work.channels.by_id(channel_id)
        return _seen(channel, await _view(work, [channel_id])) if channel else None

    async def act(self, admin: Person, press: ChannelPress) -> Did:
        """Does what a button asks for; one that comes too late changes nothing."""
        has_bot = await self._has_bot(press)
        async with self._database.work() as work:
            await work.audit.hold()
            channel = await work.channels.by_id(press.channel_id, for_update=True)
            if channel is None:
                return Did(Done.GONE)
            done = await self._act(work, admin, channel, press, has_bot=has_bot)
            seen = await self._look(work, channel.id)
            await work.commit()
        return Did(done, seen, channel.state)

    async def _has_bot(self, press: ChannelPress) -> bool:
        """Whether the bot is in the channel, where that decides what state it goes on in."""
        if press.act not in (Act.RESUME, Act.SOURCE, Act.UNDO, Act.RENEW):
            return False
        async with self._database.look() as work:
            channel = await work.channels.by_id(press.channel_id)
        if channel is None or channel.username is None:
            return False
        try:
            found = await self._directory.look_up(channel.username)
        except TryLater:
            return False  # its next post tells
        return found is not None and found.has_bot

    async def _act(
        self,
        work: UnitOfWork,
        admin: Person,
        channel: Channel,
        press: ChannelPress,
        *,
        has_bot: bool,
    ) -> Done:
        match press.act, channel.state:
            case Act.PAUSE, state if state in _ENDS:
                await work.channels.set_state(channel.id, WatchState.PAUSED)
                done = Done.PAUSED
            case Act.RESUME, WatchState.PAUSED:
                await self._go_on(work, channel, has_bot=has_bot)
                done = Done.RESUMED
            case Act.SOURCE, state if state in _ENDS:
                done = await self._other_source(work, channel, has_bot=has_bot)
            case Act.LEVEL, state if state is not WatchState.REMOVED:
                await work.channels.change(channel.id, threshold=press.threshold)
                done = Done.LEVEL
            case Act.REMOVE, state if state in (*_ENDS, WatchState.PAUSED, WatchState.LAPSED):
                await take_off(work, self._clock, channel, admin.id)
                return Done.REMOVED
            case Act.UNDO, WatchState.REMOVED:
                done = await self._undo(work, channel, press, has_bot=has_bot)
            case Act.RENEW, state if state in (*_ENDS, WatchState.LAPSED):
                await self._renew(work, channel, has_bot=has_bot)
                done = Done.RENEWED
            case _:
                return Done.GONE
        await self._record(work, admin, channel, press, done)
        return done

    async def _record(
        self, work: UnitOfWork, admin: Person, channel: Channel, press: ChannelPress, done: Done
    ) -> None:
        await work.audit.write(
            f"channel {press.act}",
            f"channel {channel.id}",
            self._clock.now(),
            admin.id,
            {"did": done, "value": press.value or None},
        )

    async def _go_on(self, work: UnitOfWork, channel: Channel, *, has_bot: bool) -> None:
        """Under watch again, through the bot, or else the preview if it is switched on."""
        state = WatchState.WATCHING if has_bot else WatchState.WAITING
        await work.channels.set_state(channel.id, state)
        if not has_bot:
            await begin_preview(work, self._clock, channel.id)

    async def _other_source(self, work: UnitOfWork, channel: Channel, *, has_bot: bool) -> Done:
        reports = await work.watches.reports([channel.id])
        if channel.id in reports and reports[channel.id].is_active:
            await work.watches.end(channel.id)
            state = WatchState.WATCHING if has_bot else WatchState.WAITING
            await work.channels.set_state(channel.id, state)
            return Done.BOT
        begun = await begin_preview(work, self._clock, channel.id)
        return Done.PREVIEW if begun else Done.PREVIEW_OFF

    async def _undo(
        self, work: UnitOfWork, channel: Channel, press: ChannelPress, *, has_bot: bool
    ) -> Done:
        now = self._clock.now()
        if channel.removed_at is None or now - channel.removed_at > UNDO_REMOVAL:
            return Done.TOO_LATE
        if await work.left_out.has(channel.ref):
            return Done.LEFT_OUT
        if press.value == WatchState.PAUSED:
            await work.channels.set_state(channel.id, WatchState.PAUSED)
        elif press.value == WatchState.LAPSED:
            await work.channels.set_state(channel.id, WatchState.LAPSED)
        else:
            await self._go_on(work, channel, has_bot=has_bot)
        return Done.UNDONE

    async def _renew(self, work: UnitOfWork, channel: Channel, *, has_bot: bool) -> None:
        now = self._clock.now()
        await work.channels.change(channel.id, renewed_at=now, renewal_asked_at=None)
        if channel.state is WatchState.LAPSED:
            await self._go_on(work, channel, has_bot=has_bot)


@dataclass(frozen=True)
class _View:
    """What channels are seen by: the preview's visits, confirmations, and the preview's switch."""

    reports: Mapping[int, WatchReport]
    confirmed: Mapping[int, datetime]
    preview_is_on: bool


async def _view(work: UnitOfWork, channel_ids: Sequence[int]) -> _View:
    return _View(
        await work.watches.reports(channel_ids),
        await work.channels.confirmed_at(channel_ids),
        await work.sources.is_on(SourceKind.PREVIEW),
    )


async def _standing(work: UnitOfWork) -> list[Standing]:
    preview_is_on = await work.sources.is_on(SourceKind.PREVIEW)
    found = []
    for state, health, count in await work.channels.count_listed():
        known = WatchState(state)
        reading = _source(known, Health(health) if health else None, preview_is_on=preview_is_on)
        found.append(Standing(reading.source, why_not_well(known, reading), count))
    return found


def _seen(channel: Channel, view: _View) -> Overseen:
    lapses_at = None
    if channel.state in _ENDS:
        begun = channel.renewed_at or channel.added_at
        lapses_at = max(begun, view.confirmed.get(channel.id, begun)) + LIFETIME
    return Overseen(channel, _reading(channel, view), lapses_at)


def _reading(channel: Channel, view: _View) -> Reading:
    report = view.reports.get(channel.id)
    health = report.health if report is not None and report.is_active else None
    reading = _source(channel.state, health, preview_is_on=view.preview_is_on)
    if report is None or reading.source is not SourceKind.PREVIEW:
        return reading
    return replace(reading, delay=report.expected_delay, missing=report.missing)


def _source(state: WatchState, health: Health | None, *, preview_is_on: bool) -> Reading:
    """What reads a channel, and how well. health: None where the preview is not to read it."""
    if state not in _ENDS or (health is not None and not preview_is_on):
        return Reading(None)
    if health is not None:
        return Reading(SourceKind.PREVIEW, health)
    if state is WatchState.WATCHING:
        return Reading(SourceKind.BOT, delay=timedelta())
    return Reading(None)
