"""One tick a few times a minute; each job asks the database what is due by our own Clock.

APScheduler only keeps the beat. A missed or late tick costs nothing, and a clock that is moved is
obeyed, because no job is told what time it is.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from apscheduler.schedulers.asyncio import AsyncIOScheduler

_log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[object]]


class Tick:
    """jobs: by name, run one after another. A job that fails is logged and stops no other."""

    def __init__(self, jobs: Mapping[str, Job], every_seconds: float) -> None:
        self._jobs = jobs
        self._at_work = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.run_jobs,
            "interval",
            seconds=every_seconds,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """Cancels the job under way, and waits until it has let go of the database."""
        self._scheduler.shutdown(wait=False)
        async with self._at_work:
            pass

    async def run_jobs(self) -> None:
        async with self._at_work:
            await self._run_each()

    async def _run_each(self) -> None:
        for name, job in self._jobs.items():
            try:
                await job()
            except asyncio.CancelledError:
                return  # only `stop` does this; APScheduler would log it as an error
            except Exception:  # noqa: BLE001 - the one place where a job's failure is caught
                _log.exception("job %s failed, it is tried again with the next tick", name)
