"""Goes the rounds of channels that are read through the preview, within the host's budget.

What is due is asked of the database twice a minute and queued, the most pressing first; each entry
of the queue waits for a token. Nothing here is lost by a crash: what is due stands in rows.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.errors import StorageError
from bot.domain.health import Host
from bot.domain.preview import Reached
from bot.domain.watching import Errand, ErrandKind
from bot.ports import Clock
from bot.schedule.bucket import Bucket
from bot.services.visit import Visited

_log = logging.getLogger(__name__)
_AT_ONCE = 2  # requests under way
_STOCK_TAKING = timedelta(seconds=30)
_LULL = timedelta(seconds=5)  # until due times are looked at again when there was nothing


class Agenda(Protocol):
    """See `bot.services.errands`."""

    async def host(self) -> Host: ...

    async def due(self, limit: int) -> list[Errand]: ...

    async def do(self, errand: Errand) -> Visited: ...


class Rounds:
    """on_kept: called after each commit that kept something to be judged."""

    def __init__(
        self,
        clock: Clock,
        agenda: Agenda,
        requests_per_second: float,
        on_kept: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._agenda = agenda
        self._bucket = Bucket(requests_per_second)
        self._on_kept = on_kept
        self._queue: deque[Errand] = deque()
        self._most = max(10, round(requests_per_second * _STOCK_TAKING.total_seconds() * 1.5))
        self._taken_at: datetime | None = None
        self._host = Host()
        self._busy: set[int] = set()
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Runs until cancelled; a request under way then is asked again by the next start."""
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(self._work_off())

    async def _work_off(self) -> None:
        while True:
            try:
                wait = await self.turn()
            except StorageError as problem:
                _log.error("channels are not visited: %s", problem)
                wait = _LULL
            if wait:
                await asyncio.sleep(min(wait, _LULL).total_seconds())

    async def turn(self) -> timedelta:
        """Runs the next errand; zero if there was one, or else how long there is nothing to do."""
        async with self._turn:
            errand = await self._next()
        if isinstance(errand, timedelta):
            return errand
        self._busy.add(errand.channel_id)
        try:
            visited = await self._agenda.do(errand)
        finally:
            self._busy.discard(errand.channel_id)
        if visited.kept.new or visited.kept.changed:
            self._on_kept()
        await self._note(errand, visited)
        return timedelta()

    async def _next(self) -> Errand | timedelta:
        now = self._clock.now()
        if self._taken_at is None:
            self._host = await self._agenda.host()
        if self._host.is_paused(now):
            assert self._host.paused_until is not None  # or it would not be paused
            return self._host.paused_until - now
        if not await self._has_work(now):
            return _LULL
        wait = self._bucket.take(now)
        return wait or self._queue.popleft()

    async def _has_work(self, now: datetime) -> bool:
        """Whether the queue has an errand in front that may be run now."""
        since = now - self._taken_at if self._taken_at is not None else None
        is_old = since is None or not timedelta() <= since < _STOCK_TAKING
        if is_old or (not self._queue and since is not None and since >= _LULL):
            self._taken_at = now
            due = await self._agenda.due(self._most)
            self._queue = deque(errand for errand in due if errand.channel_id not in self._busy)
        return bool(self._queue)

    async def _note(self, errand: Errand, visited: Visited) -> None:
        """Gaps that were just found or grew smaller are gone on with, after what waits already."""
        if self._host.troubles or visited.reached is not Reached.PAGE:
            self._host = await self._agenda.host()
        now = self._clock.now()
        for gap_id in visited.gap_ids:
            self._queue.append(
                Errand(ErrandKind.FILL, gap_id, errand.channel_id, now, _STOCK_TAKING)
            )
