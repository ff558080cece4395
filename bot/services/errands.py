"""What the preview is to be asked next, and asking it: visits, gaps, flagged posts."""

from datetime import datetime, timedelta

from bot.domain.health import Host
from bot.domain.pacing import stretch_for
from bot.domain.watching import Errand, ErrandKind
from bot.ports import Clock
from bot.services.fill import Fill
from bot.services.recheck import LookAgain
from bot.services.visit import Visit, Visited
from bot.storage.database import Database

GAP_PATIENCE = timedelta(minutes=10)
_RECHECK_PATIENCE = timedelta(hours=1)
_WANTED_PATIENCE = timedelta(seconds=1)  # a digest waits: before all others, one time each
FOR_VISITS = 0.95  # of the budget; the rest is for gaps and flagged posts


class Errands:
    """requests_per_second: the budget, for all channels together."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        visit: Visit,
        fill: Fill,
        look_again: LookAgain,
        requests_per_second: float,
    ) -> None:
        self._database = database
        self._clock = clock
        self._visit = visit
        self._fill = fill
        self._look_again = look_again
        self._for_visits = requests_per_second * FOR_VISITS

    async def host(self) -> Host:
        async with self._database.look() as work:
            return await work.sources.host()

    async def due(self, limit: int) -> list[Errand]:
        """The most pressing of what is due, at most `limit`; nothing while the preview is off.

        Also takes stock: how much longer than wanted the intervals must be to keep to the budget.
        """
        now = self._clock.now()
        async with self._database.look() as work:
            stretch = stretch_for(await work.watches.wanted_intervals(), self._for_visits)
            visits = [
                Errand(ErrandKind.VISIT, channel_id, channel_id, due_at, stretch(wanted))
                for channel_id, due_at, wanted in await work.watches.due(now)
            ]
            gaps = [
                Errand(ErrandKind.FILL, gap.id, gap.channel_id, gap.due_at, GAP_PATIENCE)
                for gap in await work.gaps.due(now, limit)
            ]
            posts = [
                Errand(ErrandKind.RECHECK, post_id, channel_id, due_at, _RECHECK_PATIENCE)
                for post_id, channel_id, due_at in await work.rechecks.due(now, limit)
            ]
            wanted = [
                Errand(ErrandKind.RECHECK, post_id, channel_id, due_at, _WANTED_PATIENCE)
                for post_id, channel_id, due_at in await work.rechecks.wanted(now, limit)
            ]
        self._visit.stretch = stretch
        return most_pressing([*visits, *gaps, *posts, *wanted], now, limit)

    async def do(self, errand: Errand) -> Visited:
        """One request, and all that comes of it in one transaction."""
        if errand.kind is ErrandKind.VISIT:
            return await self._visit.channel(errand.id)
        if errand.kind is ErrandKind.FILL:
            return await self._fill.gap(errand.id)
        return await self._look_again.post(errand.id)


def most_pressing(errands: list[Errand], now: datetime, limit: int) -> list[Errand]:
    """By how late each is in its own measure: one that is visited every minute and is two minutes
    late goes before one that is visited every hour and is an hour late."""
    return sorted(errands, key=lambda errand: -errand.urgency(now))[:limit]
