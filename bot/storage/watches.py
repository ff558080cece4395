"""Channels that are read through the preview: how far, how well, and when again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select, update

from bot.domain.channel import WatchState
from bot.domain.cursor import Cursor, Gap, GapReason
from bot.domain.health import Health
from bot.domain.pacing import LONGEST, Activity
from bot.domain.post import SourceKind
from bot.domain.watching import Watch
from bot.storage.store import AnyRow, Store
from bot.storage.tables import channels, gaps, sources, watches


@dataclass(frozen=True)
class WatchReport:
    """What people are told of a channel's reading. missing: numbers that stand in gaps.

    is_active: False once the channel is read through another source; then the rest is history.
    """

    channel_id: int
    is_active: bool
    health: Health
    health_since: datetime
    well_at: datetime | None
    expected_delay: timedelta | None
    gaps: int
    missing: int


class WatchStore(Store):
    async def begin(self, channel_id: int, now: datetime) -> None:
        """Has a channel read through the preview from now on. One that was goes on where it was:
        what was published in between is caught up."""
        await self._connection.execute(
            self._insert_new(watches).values(
                channel_id=channel_id,
                source=SourceKind.PREVIEW,
                began_at=now,
                due_at=now,
                health=Health.NEW,
                health_since=now,
                recent={},
                wanted_seconds=int(LONGEST.total_seconds()),
            )
        )
        await self._connection.execute(
            update(watches)
            .where(watches.c.channel_id == channel_id, watches.c.is_active.is_(False))
            .values(is_active=True, due_at=now, failures=0)
        )

    async def end(self, channel_id: int) -> None:
        """It is read through another source, or not any more. How far it was read stays known."""
        await self._connection.execute(
            update(watches).where(watches.c.channel_id == channel_id).values(is_active=False)
        )

    async def begin_all_waiting(self, now: datetime) -> int:
        """Has every channel that waits for its owner read through the preview; how many."""
        waiting = await self._connection.scalars(
            select(channels.c.id)
            .outerjoin(watches, watches.c.channel_id == channels.c.id)
            .where(
                channels.c.state == WatchState.WAITING,
                channels.c.username.is_not(None),
                watches.c.is_active.is_not(True),
            )
            .order_by(channels.c.id)
        )
        found = list(waiting)
        for channel_id in found:
            await self.begin(channel_id, now)
        return len(found)

    async def get(self, channel_id: int, *, for_update: bool = False) -> Watch | None:
        """The watch of a channel that is to be visited; None if it is not (any more).

        for_update: with the channel's row, so that nobody else keeps its posts meanwhile.
        """
        asked = (
            select(
                watches,
                channels.c.chat_id,
                channels.c.username,
                channels.c.title,
                channels.c.state,
                channels.c.subscribers,
            )
            .join(channels, channels.c.id == watches.c.channel_id)
            .where(watches.c.channel_id == channel_id, to_be_visited())
        )
        if for_update:
            asked = asked.with_for_update()
        row = (await self._connection.execute(asked)).one_or_none()
        if row is None:
            return None
        missing = await self._connection.execute(
            select(gaps.c.first, gaps.c.last, gaps.c.reason)
            .where(gaps.c.channel_id == channel_id)
            .order_by(gaps.c.first)
        )
        return _watch(row, [Gap(g.first, g.last, GapReason(g.reason)) for g in missing])

    async def keep(self, watch: Watch) -> None:
        """How the reading stands after a visit. Its gaps are kept by their own store."""
        values: dict[str, Any] = {
            "health": watch.health,
            "health_since": watch.health_since,
            "failures": watch.failures,
            "due_at": watch.due_at,
            "visited_at": watch.visited_at,
            "well_at": watch.well_at,
            "slow": watch.activity.slow,
            "fast": watch.activity.fast,
            "peak": watch.activity.peak,
            "wanted_seconds": max(round(watch.wanted.total_seconds()), 1),
            "expected_delay_seconds": round(watch.expected_delay.total_seconds())
            if watch.expected_delay is not None
            else None,
        }
        await self._connection.execute(
            update(watches)
            .where(watches.c.channel_id == watch.channel_id)
            .values(values | _cursor_values(watch.cursor))
        )

    async def due(self, now: datetime) -> Sequence[tuple[int, datetime, timedelta]]:
        """Channels whose visit is due: number, since when, and the interval they want."""
        rows = await self._connection.execute(
            select(watches.c.channel_id, watches.c.due_at, watches.c.wanted_seconds)
            .join(channels, channels.c.id == watches.c.channel_id)
            .where(watches.c.due_at <= now, to_be_visited())
        )
        return [(r.channel_id, r.due_at, timedelta(seconds=r.wanted_seconds)) for r in rows]

    async def wanted_intervals(self) -> Mapping[timedelta, int]:
        """How many channels that answer well want which interval."""
        rows = await self._connection.execute(
            select(watches.c.wanted_seconds, func.count())
            .join(channels, channels.c.id == watches.c.channel_id)
            .where(watches.c.health.in_((Health.WELL, Health.NEW)), to_be_visited())
            .group_by(watches.c.wanted_seconds)
        )
        return {timedelta(seconds=seconds): number for seconds, number in rows.all()}

    async def reports(self, channel_ids: Collection[int] | None = None) -> dict[int, WatchReport]:
        """What people are told, by channel; of all channels unless some are named."""
        missing = (
            select(
                gaps.c.channel_id,
                func.count().label("gaps"),
                func.sum(gaps.c.last - gaps.c.first + 1).label("missing"),
            )
            .group_by(gaps.c.channel_id)
            .subquery()
        )
        asked = select(watches, missing.c.gaps, missing.c.missing).outerjoin(
            missing, missing.c.channel_id == watches.c.channel_id
        )
        if channel_ids is not None:
            asked = asked.where(watches.c.channel_id.in_(channel_ids))
        rows = await self._connection.execute(asked)
        return {row.channel_id: _report(row) for row in rows}

    async def count_by_health(self) -> dict[Health, int]:
        """Of the channels that are read through the preview now."""
        rows = await self._connection.execute(
            select(watches.c.health, func.count())
            .join(channels, channels.c.id == watches.c.channel_id)
            .where(to_be_visited())
            .group_by(watches.c.health)
        )
        return {Health(health): number for health, number in rows.all()}


def to_be_visited() -> ColumnElement[bool]:
    """Whether the preview is asked for a channel: it is switched on, the channel is under watch and
    has a name to ask for."""
    return and_(
        exists().where(sources.c.source == SourceKind.PREVIEW, sources.c.is_on.is_(True)),
        watches.c.is_active.is_(True),
        channels.c.state.in_((WatchState.WATCHING, WatchState.WAITING)),
        channels.c.username.is_not(None),
    )


def _cursor_values(cursor: Cursor | None) -> dict[str, Any]:
    if cursor is None:
        return {}
    return {
        "floor": cursor.floor,
        "max_seen": cursor.max_seen,
        "recent": {str(number): look for number, look in cursor.recent.items()},
        "rendered_at": cursor.rendered_at,
    }


def _watch(row: AnyRow, missing: Sequence[Gap]) -> Watch:
    cursor = None
    if row.max_seen is not None:
        recent = {int(number): look for number, look in row.recent.items()}
        cursor = Cursor(row.floor, row.max_seen, tuple(missing), recent, row.rendered_at)
    return Watch(
        channel_id=row.channel_id,
        chat_id=row.chat_id,
        username=row.username,
        title=row.title,
        subscribers=row.subscribers,
        began_at=row.began_at,
        is_reached=row.state == WatchState.WATCHING,
        health=Health(row.health),
        health_since=row.health_since,
        due_at=row.due_at,
        wanted=timedelta(seconds=row.wanted_seconds),
        failures=row.failures,
        cursor=cursor,
        activity=Activity(row.slow, row.fast, row.peak),
        visited_at=row.visited_at,
        well_at=row.well_at,
        expected_delay=_delay(row),
    )


def _report(row: AnyRow) -> WatchReport:
    return WatchReport(
        channel_id=row.channel_id,
        is_active=row.is_active,
        health=Health(row.health),
        health_since=row.health_since,
        well_at=row.well_at,
        expected_delay=_delay(row),
        gaps=row.gaps or 0,
        missing=int(row.missing or 0),
    )


def _delay(row: AnyRow) -> timedelta | None:
    seconds = row.expected_delay_seconds
    return timedelta(seconds=seconds) if seconds is not None else None
