"""A watched channel, the world that it is in, and the services that visit it."""

from dataclasses import dataclass
from random import Random

import pytest

from bot.domain.channel import ChannelRef, WatchState
from bot.domain.people import Person
from bot.domain.post import SourceKind
from bot.domain.watching import Watch
from bot.schedule.rounds import Rounds
from bot.services.errands import Errands
from bot.services.fill import Fill
from bot.services.recheck import LookAgain
from bot.services.sources import Sources
from bot.services.visit import Visit, Visited
from bot.storage.watches import WatchReport
from tests.factories import Flow, FrozenClock
from tests.watching.world import World

RATE = 0.5


@dataclass
class Visits:
    """The services joined as `bot.compose` joins them, and short ways to look at rows."""

    flow: Flow
    world: World
    visit: Visit
    fill: Fill
    look_again: LookAgain
    errands: Errands
    rounds: Rounds
    sources: Sources

    async def watched(self, username: str = "kabar_contoh") -> int:
        """A channel that waits for its owner and is read through the preview; its id."""
        admin = await self.switched_on()
        ref, now = ChannelRef(username=username), self.flow.clock.now()
        async with self.flow.database.work() as work:
            channel = await work.channels.find(ref, for_update=True)
            if channel is None:
                channel = await work.channels.add(ref, WatchState.WAITING, admin.id, now)
            await work.channels.set_state(channel.id, WatchState.WAITING)
            await work.watches.begin(channel.id, now)
            await work.commit()
        return channel.id

    async def switched_on(self) -> Person:
        admin = await self.flow.admin()
        await self.sources.switch(admin, SourceKind.PREVIEW, on=True, legal_basis="Mandate")
        return admin

    async def visited(self, channel_id: int) -> Visited:
        """A visit, and everything that it brought judged."""
        visited = await self.visit.channel(channel_id)
        while (await self.flow.triage.batch()).judged:
            pass
        return visited

    async def watch(self, channel_id: int) -> Watch:
        async with self.flow.database.look() as work:
            found = await work.watches.get(channel_id)
        assert found is not None
        return found

    async def report(self, channel_id: int) -> WatchReport:
        async with self.flow.database.look() as work:
            return (await work.watches.reports([channel_id]))[channel_id]

    async def gaps(self) -> list[tuple[int, int]]:
        rows = await self.flow.rows("SELECT first, last FROM gaps ORDER BY first")
        return [(row.first, row.last) for row in rows]  # type: ignore[attr-defined]

    async def numbers(self) -> list[int]:
        """Every message number that is kept."""
        rows = await self.flow.rows("SELECT message_id FROM post_members ORDER BY message_id")
        return [row.message_id for row in rows]  # type: ignore[attr-defined]


@pytest.fixture
def world(clock: FrozenClock) -> World:
    return World(clock)


@pytest.fixture
def visits(flow: Flow, world: World) -> Visits:
    database, clock = flow.database, flow.clock
    visit = Visit(database, clock, world, Random(7))
    fill = Fill(database, clock, world)
    look_again = LookAgain(database, clock, world, flow.deal)
    errands = Errands(database, clock, visit, fill, look_again, RATE)
    rounds = Rounds(clock, errands, RATE)
    return Visits(flow, world, visit, fill, look_again, errands, rounds, Sources(database, clock))
