"""Posts are looked at once more before they leave, and nothing waits long for the answer."""

import json
from datetime import timedelta

import pytest

from bot.domain.case import CaseState
from bot.domain.codes import HarmCode
from bot.domain.people import Person
from bot.domain.post import SourceKind
from bot.domain.preview import Reached
from bot.domain.watching import ErrandKind
from bot.services.last_look import AT_ONCE, LEAD, PATIENCE
from tests.factories import Flow
from tests.watching.conftest import Visits
from tests.watching.world import Place, World

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
async def regulator(visits: Visits) -> Person:
    return await visits.flow.recipient()


@pytest.fixture
async def place(visits: Visits, world: World) -> Place:
    """A channel that is read through the preview, with a flagged post, number 1."""
    place = world.channel()
    world.publish(place, "FLAG serang")
    await visits.visited(await visits.watched())
    return place


async def confirmed(flow: Flow, harm: HarmCode = HarmCode.INCITE) -> None:
    person = await flow.moderator("Budi")
    (card,) = await flow.cards()
    assert (await flow.confirm(person, card, harm)).refusal is None


async def timetable(flow: Flow, before: timedelta) -> None:
    """Moves the clock to so long before the recipient's time of day; everything is owed by then."""
    flow.clock.advance(61 * SECOND)
    await flow.refer.past_undo()
    async with flow.database.look() as work:
        (recipient,) = await work.recipients.served()
    flow.clock.advance(recipient.next_digest_at - before - flow.clock.now())
    async with flow.database.work() as work:  # the appointed looks are over by then
        await work.connection.exec_driver_sql("DELETE FROM rechecks")
        await work.commit()


async def rounds(visits: Visits) -> int:
    """Asks for what a digest waits for, as the rounds do, and judges it; how many requests."""
    done = 0
    for errand in await visits.errands.due(20):
        if errand.kind is ErrandKind.RECHECK:
            await visits.errands.do(errand)
            done += 1
    while (await visits.flow.triage.batch()).judged:
        pass
    return done


async def tick(flow: Flow) -> None:
    await flow.last_look.ahead()
    await flow.refer.past_undo()
    await flow.refer.at_once()
    await flow.refer.due_digests()


async def status(flow: Flow, person: Person) -> list[str]:
    """What the digests that have left say of their posts."""
    await flow.post_office()
    files = flow.courier.files(person.telegram_id)
    return [
        item["live_status"]["status"]
        for name, content in files.items()
        if name.endswith(".json") and "manifest" not in name
        for item in json.loads(content)["items"]
    ]


async def test_digest_on_time_says_that_its_posts_stand(
    visits: Visits, place: Place, regulator: Person
) -> None:
    flow = visits.flow
    await confirmed(flow)
    await timetable(flow, LEAD + SECOND)
    await tick(flow)
    too_early = await rounds(visits)
    flow.clock.advance(MINUTE)
    for _ in range(3):
        await tick(flow)
    asked = await rounds(visits)
    for _ in range(3):
        await tick(flow)
    again = await rounds(visits)
    flow.clock.advance(LEAD)

    await tick(flow)

    assert (too_early, asked, again) == (0, 1, 0)
    assert await status(flow, regulator) == ["live"]


async def test_post_that_is_denied_twice_before_the_hour_is_said_to_be_gone(
    visits: Visits, place: Place, regulator: Person
) -> None:
    flow = visits.flow
    await confirmed(flow)
    await timetable(flow, LEAD)
    place.posts.clear()
    for _ in range(16):
        await tick(flow)
        await rounds(visits)
        flow.clock.advance(MINUTE)

    assert await status(flow, regulator) == ["gone"]
    assert await rounds(visits) == 0


async def test_digest_waits_a_little_and_then_leaves_without_an_answer(
    visits: Visits, place: Place, regulator: Person
) -> None:
    flow = visits.flow
    await confirmed(flow)
    flow.clock.advance(61 * SECOND)
    (made,) = await flow.refer.digests_now()
    await tick(flow)
    waiting = await status(flow, regulator)
    flow.clock.advance(PATIENCE - SECOND)
    await tick(flow)
    still = await status(flow, regulator)
    flow.clock.advance(SECOND)

    await tick(flow)

    assert (made.number, waiting, still) == (1, [], [])
    assert await status(flow, regulator) == ["not_checked"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(None, "live"), (Reached.NOT_FOUND, "missing"), (Reached.SERVER_ERROR, "not_checked")],
)
async def test_digest_leaves_as_soon_as_there_is_an_answer(
    visits: Visits,
    world: World,
    place: Place,
    regulator: Person,
    answer: Reached | None,
    said: str,
) -> None:
    flow = visits.flow
    await confirmed(flow)
    flow.clock.advance(61 * SECOND)
    await flow.refer.digests_now()
    if answer is not None:
        world.fails(answer)
    assert await rounds(visits) == 1

    await tick(flow)

    assert await status(flow, regulator) == [said]
    assert await rounds(visits) == 0


async def test_threat_is_looked_at_while_it_can_be_undone_and_does_not_wait(
    visits: Visits, place: Place, regulator: Person
) -> None:
    flow = visits.flow
    await confirmed(flow, HarmCode.THREAT)
    await tick(flow)
    assert await rounds(visits) == 1
    flow.clock.advance(61 * SECOND)

    await tick(flow)

    assert await status(flow, regulator) == ["live"]


async def test_threat_waits_seconds_at_most(
    visits: Visits, place: Place, regulator: Person
) -> None:
    flow = visits.flow
    await confirmed(flow, HarmCode.THREAT)
    flow.clock.advance(61 * SECOND)
    await tick(flow)
    waiting = await status(flow, regulator)
    flow.clock.advance(AT_ONCE)

    await tick(flow)

    assert waiting == []
    assert await status(flow, regulator) == ["not_checked"]


async def test_edit_that_the_look_finds_goes_back_to_a_moderator(
    visits: Visits, world: World, place: Place, regulator: Person
) -> None:
    flow = visits.flow
    await confirmed(flow)
    flow.clock.advance(61 * SECOND)
    await flow.refer.digests_now()
    world.edit(place, 1, "FLAG serang besok")
    await rounds(visits)

    await tick(flow)

    assert await status(flow, regulator) == []
    rows = await flow.rows("SELECT state FROM referrals")
    assert [row.state for row in rows] == ["withdrawn"]
    assert [card.state for card in await flow.cards()] == [CaseState.REFERRED, CaseState.WAITING]


async def test_host_that_wants_peace_is_neither_asked_nor_waited_for(
    visits: Visits, world: World, place: Place, regulator: Person
) -> None:
    flow = visits.flow
    await confirmed(flow)
    flow.clock.advance(61 * SECOND)
    world.fails(Reached.THROTTLED)
    await visits.visited((await flow.rows("SELECT channel_id AS n FROM watches"))[0].n)

    await flow.refer.digests_now()

    assert await status(flow, regulator) == ["not_checked"]


async def test_without_the_preview_nothing_is_looked_at(
    visits: Visits, place: Place, regulator: Person
) -> None:
    flow = visits.flow
    await confirmed(flow)
    await visits.sources.switch(await flow.admin(), SourceKind.PREVIEW, on=False)
    flow.clock.advance(61 * SECOND)

    await tick(flow)
    await flow.refer.digests_now()

    assert await status(flow, regulator) == ["not_checked"]


async def test_awaited_post_is_asked_for_before_everything_else(
    visits: Visits, world: World, place: Place, regulator: Person
) -> None:
    flow = visits.flow
    await confirmed(flow)
    flow.clock.advance(timedelta(hours=5))  # the channel's own visit is long due
    await flow.refer.past_undo()
    await flow.refer.digests_now()
    flow.clock.advance(10 * SECOND)

    first, *_ = await visits.errands.due(20)

    assert first.kind is ErrandKind.RECHECK
