"""Learning as admins steer it: which sources teach, when a candidate is trained, how it stands."""

import asyncio
import logging
from dataclasses import dataclass

from bot.domain.learning import Lesson, Training
from bot.domain.people import Person
from bot.domain.post import SourceKind
from bot.ports import Clock
from bot.services.learn_train import Train, lesson_of
from bot.services.timetable import next_time
from bot.storage.database import Database

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Overview:
    """sources: that teach. taught: what a training would learn from now. last: the newest one."""

    sources: tuple[SourceKind, ...]
    taught: Lesson
    last: Training | None


class Learn:
    """learn_at: a crontab line, read in `timezone`."""

    def __init__(
        self, database: Database, clock: Clock, train: Train, *, learn_at: str, timezone: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._train = train
        self._learn_at = learn_at
        self._timezone = timezone
        self._running: asyncio.Task[None] | None = None

    async def switch(self, admin: Person, source: SourceKind, *, on: bool) -> bool:
        """Lets the decisions on a source's posts teach, or not; whether that changed anything."""
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            if not await work.learning.switch(source, on, admin.id, now):
                return False
            await work.audit.write(
                "learning on" if on else "learning off", f"source {source}", now, admin.id
            )
            await work.commit()
        return True

    async def overview(self) -> Overview:
        async with self._database.look() as work:
            sources = await work.learning.sources_on()
            rows = await work.learning.rows()
            last = await work.learning.newest()
        return Overview(tuple(sources), await asyncio.to_thread(lesson_of, rows), last)

    async def ask(self, admin: Person) -> bool:
        """Owes a training; False while another is under way."""
        return await self._ask(admin.id)

    async def _ask(self, person_id: int | None) -> bool:
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            asked = await work.learning.ask(person_id, now)
            if asked is None:
                return False
            await work.audit.write("training asked for", f"training {asked}", now, person_id)
            await work.commit()
        return True

    async def go_on(self) -> None:
        """Owes what the timetable asks for, and starts what is owed, without waiting for it."""
        if self._running is not None:
            if not self._running.done():
                return
            self._end(self._running)
        await asyncio.to_thread(self._train.sweep)
        await self._ask_by_timetable()
        if await self._train.waits():
            self._running = asyncio.create_task(self._train.run())

    async def _ask_by_timetable(self) -> None:
        async with self._database.look() as work:
            since = await work.learning.on_since()
            last = await work.learning.last_timetabled()
        if since is None:
            return
        before = max(since, last) if last else since
        if next_time(self._learn_at, self._timezone, before) <= self._clock.now():
            await self._ask(None)

    async def finished(self) -> None:
        """Waits for the training that is running, if one is."""
        if self._running is not None:
            await asyncio.wait({self._running})
            self._end(self._running)

    async def close(self) -> None:
        """Ends the training that is running; the next start begins it anew."""
        if self._running is not None:
            self._running.cancel()
            await self.finished()

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._running = None
        if not task.cancelled() and task.exception():
            # Its row still says that it runs: it is tried again, three times at most.
            _log.error("a training broke off", exc_info=task.exception())
