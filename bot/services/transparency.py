"""Counts what may be shown to anybody about a stretch of days."""

from bot.domain.open_tables import NO_ANSWERS
from bot.domain.transparency import OpenFigures, Period, shown, waiting
from bot.ports import Clock
from bot.storage.database import Database


class CountOpenly:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def figures(self, period: Period) -> OpenFigures:
        """The figures with their small counts hidden; what is hidden leaves the database, and
        goes no further than here."""
        now = self._clock.now()
        async with self._database.look() as work:
            groups = [shown(group) for group in await work.transparency.groups(period)]
            times = await work.transparency.answer_times(period)
        outcomes = next(
            table for group in groups for table in group.tables if table.name == "outcomes"
        )
        return OpenFigures(period, now, tuple(groups), waiting(times, outcomes, NO_ANSWERS))
