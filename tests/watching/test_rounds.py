"""The rounds: what is due, in which order, within the budget, not while the host wants peace."""

from datetime import timedelta

from bot.domain.channel import ChannelRef, WatchState
from bot.domain.post import SourceKind
from bot.domain.preview import Reached
from bot.services.errands import Errands
from tests.watching.conftest import RATE, Visits
from tests.watching.world import World

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


async def go(visits: Visits, over: timedelta) -> int:
    """Lets the rounds run for a while of virtual time; how many requests were made."""
    clock, before = visits.flow.clock, len(visits.world.asked)
    end = clock.now() + over
    while clock.now() < end:
        wait = await visits.rounds.turn()
        clock.advance(min(max(wait, timedelta()), end - clock.now()))
        if not wait:
            clock.advance(timedelta(milliseconds=50))  # a request takes its time
    return len(visits.world.asked) - before


async def test_every_channel_is_visited_and_the_budget_is_kept(
    visits: Visits, world: World
) -> None:
    for number in range(12):
        place = world.channel(f"kanal_{number}", -1000 - number)
        world.publish(place)
        await visits.watched(f"kanal_{number}")

    requests = await go(visits, MINUTE)
    await go(visits, MINUTE)

    assert 12 <= requests <= MINUTE / SECOND * RATE + 2
    assert {name for name, _ in world.asked} == {f"kanal_{number}" for number in range(12)}


async def test_nothing_is_asked_while_the_host_wants_peace(visits: Visits, world: World) -> None:
    world.publish(world.channel())
    await visits.watched()
    world.fails(Reached.THROTTLED, retry_after=10 * MINUTE)

    first = await go(visits, 9 * MINUTE)
    then = await go(visits, 2 * MINUTE)

    assert (first, then) == (1, 1)


async def test_gap_is_closed_after_the_visits_that_wait(visits: Visits, world: World) -> None:
    place = world.channel()
    world.publish(place)
    channel = await visits.watched()
    await go(visits, MINUTE)
    for _ in range(90):
        world.publish(place)
    visits.flow.clock.advance(2 * timedelta(hours=1))

    await go(visits, MINUTE)

    assert await visits.gaps() == []
    assert await visits.numbers() == list(range(1, 92))
    assert (await visits.report(channel)).missing == 0


async def test_gap_that_brings_nothing_does_not_hold_up_visits(
    visits: Visits, world: World
) -> None:
    place = world.channel()
    world.publish(place)
    channel = await visits.watched()
    await go(visits, MINUTE)
    for _ in range(50):
        world.publish(place)
    visits.flow.clock.advance(timedelta(hours=2))
    await visits.visited(channel)
    world.fails(Reached.EMPTY)

    await go(visits, MINUTE)

    rows = await visits.flow.rows("SELECT tries, due_at FROM gaps")
    assert [row.tries for row in rows] == [1]  # type: ignore[attr-defined]
    assert (await visits.report(channel)).missing == 30


async def test_expected_delay_is_told_and_grows_when_there_is_no_room(
    visits: Visits, world: World
) -> None:
    world.publish(world.channel())
    channel = await visits.watched()
    await go(visits, MINUTE)
    alone = (await visits.report(channel)).expected_delay
    assert alone is not None
    now = visits.flow.clock.now()
    async with visits.flow.database.work() as work:
        for number in range(40):
            ref = ChannelRef(username=f"banyak_{number}")
            one = await work.channels.add(ref, WatchState.WAITING, None, now)
            await work.watches.begin(one.id, now)
        await work.commit()
    visits.flow.clock.advance(timedelta(hours=2))
    crowded_out = Errands(
        visits.flow.database, visits.flow.clock, visits.visit, visits.fill, visits.look_again, 0.01
    )
    await crowded_out.due(10)

    await visits.visited(channel)

    crowded = (await visits.report(channel)).expected_delay
    assert crowded is not None
    assert alone <= timedelta(hours=1) + MINUTE < crowded


async def test_preview_switched_off_stops_the_rounds(visits: Visits, world: World) -> None:
    world.publish(world.channel())
    await visits.watched()
    admin = await visits.flow.admin()
    await visits.sources.switch(admin, SourceKind.PREVIEW, on=False)

    assert await go(visits, MINUTE) == 0
