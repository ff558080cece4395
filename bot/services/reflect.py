"""Shows a person their own figures."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.own_figures import OwnFigures, own_figures
from bot.domain.people import Person
from bot.ports import Clock
from bot.services.deal import Deal
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

SPAN = timedelta(days=7)


class Reflect:
    def __init__(self, database: Database, clock: Clock, deal: Deal) -> None:
        self._database = database
        self._clock = clock
        self._rules = deal.rules

    async def on(self, person: Person) -> OwnFigures:
        """What the person did in the last seven days, and today."""
        now = self._clock.now()
        local = now.astimezone(ZoneInfo(self._rules.timezone))
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._database.look() as work:
            looks = await work.reviews.own(person.id, now - SPAN)
            until_rest = await self._until_rest(work, person)
        return own_figures(looks, midnight, until_rest)

    async def _until_rest(self, work: UnitOfWork, person: Person) -> int | None:
        desk = await work.desks.of(person.id)
        if not self._rules.stretch or desk is None or desk.counted_from is None:
            return None
        done = await work.reviews.looked_since(person.id, desk.counted_from)
        return max(0, self._rules.stretch - done) if desk.is_on_duty else None
