"""Stops sending when too much of what was sent had to be taken back, until an admin resumes it."""

from datetime import timedelta

from bot.domain.people import Person
from bot.domain.receipt import is_too_many
from bot.ports import Clock
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

_WINDOW = timedelta(days=30)


class Pause:
    """limit: the share, 0..1, above which sending stops. least: posts below which it says nothing.

    What is counted: posts delivered in the last 30 days, or since sending was resumed last.
    """

    def __init__(self, database: Database, clock: Clock, *, limit: float, least: int) -> None:
        self._database = database
        self._clock = clock
        self._limit = limit
        self._least = least

    async def consider(self, work: UnitOfWork) -> None:
        """Pauses, and tells admins why, if the share says so. The caller holds the audit log."""
        now = self._clock.now()
        if await work.reversals.paused_since() is not None:
            return
        resumed = await work.reversals.last_resumed()
        since = max(now - _WINDOW, resumed) if resumed else now - _WINDOW
        reversed_, delivered = await work.reversals.reversed_since(since)
        if not is_too_many(reversed_, delivered, limit=self._limit, least=self._least):
            return
        await work.reversals.pause(reversed_, delivered, self._limit, now)
        await work.audit.write(
            "sending paused",
            "digests",
            now,
            details={"reversed": reversed_, "delivered": delivered},
        )
        await tell_admins(
            work,
            self._clock,
            "told-paused",
            reversed=reversed_,
            delivered=delivered,
            limit=f"{self._limit:.0%}",
        )

    async def resume(self, admin: Person) -> bool:
        """Lets digests be made again; False where they were not paused."""
        async with self._database.work() as work:
            await work.audit.hold()
            if not await work.reversals.resume(admin.id, self._clock.now()):
                return False
            await work.audit.write("sending resumed", "digests", self._clock.now(), admin.id)
            await work.commit()
        return True

    async def is_on(self) -> bool:
        async with self._database.look() as work:
            return await work.reversals.paused_since() is not None
