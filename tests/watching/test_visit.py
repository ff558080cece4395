"""A visit: posts and cursor together, the states kept apart, identity by the channel's id."""

from datetime import timedelta

import pytest

from bot.domain.channel import ChannelRef
from bot.domain.health import Health
from bot.domain.post import SourceKind
from bot.domain.preview import Reached
from bot.storage.posts import Kept
from tests.factories import CHANNEL, NOON, post
from tests.watching.conftest import Visits
from tests.watching.world import World

HOUR = timedelta(hours=1)


async def test_first_visit_is_a_baseline_and_no_flood(visits: Visits, world: World) -> None:
    place = world.channel()
    for days in range(30, 1, -1):
        world.publish(place, "FLAG lama", posted_at=NOON - timedelta(days=days))
    world.publish(place, "FLAG baru", posted_at=NOON - HOUR)
    channel = await visits.watched()

    visited = await visits.visited(channel)

    assert visited.kept == Kept(new=20)
    assert await visits.gaps() == []
    assert len(await visits.flow.cards()) == 1
    history = await visits.flow.rows("SELECT count(*) AS n FROM posts WHERE is_history")
    assert history[0].n == 19
    assert (await visits.report(channel)).health is Health.WELL


async def test_what_is_new_at_a_visit_is_judged_however_old(visits: Visits, world: World) -> None:
    place = world.channel()
    world.publish(place)
    channel = await visits.watched()
    await visits.visited(channel)
    world.publish(place, "FLAG")
    visits.flow.clock.advance(timedelta(days=9))

    visited = await visits.visited(channel)

    assert visited.kept == Kept(new=1)
    assert len(await visits.flow.cards()) == 1


async def test_visit_without_news_keeps_nothing_twice(visits: Visits, world: World) -> None:
    place = world.channel()
    world.publish(place)
    channel = await visits.watched()
    await visits.visited(channel)

    visited = await visits.visited(channel)

    assert visited.kept == Kept()
    assert await visits.numbers() == [1]


async def test_what_a_page_does_not_reach_is_a_gap_and_is_closed_newest_first(
    visits: Visits, world: World
) -> None:
    place = world.channel()
    world.publish(place)
    channel = await visits.watched()
    await visits.visited(channel)
    for _ in range(60):
        world.publish(place)

    (gap,) = (await visits.visited(channel)).gap_ids
    found = await visits.gaps()
    await visits.fill.gap(gap)
    smaller = await visits.gaps()
    await visits.fill.gap(gap)
    closed = await visits.fill.gap(gap)

    assert (found, smaller) == ([(2, 41)], [(2, 21)])
    assert await visits.gaps() == []
    assert closed.reached is None, "nothing was left to ask for"
    assert await visits.numbers() == list(range(1, 62))


async def test_holes_that_a_page_proves_empty_are_no_gaps(visits: Visits, world: World) -> None:
    place = world.channel()
    world.publish(place)
    channel = await visits.watched()
    await visits.visited(channel)
    for _ in range(5):
        world.publish(place)
    del place.posts[3], place.posts[4]
    place.service.add(7)
    place.newest = 7

    await visits.visited(channel)

    assert await visits.gaps() == []
    assert await visits.numbers() == [1, 2, 5, 6]
    assert (await visits.watch(channel)).cursor.max_seen == 7  # type: ignore[union-attr]


async def test_block_that_cannot_be_read_is_a_gap_until_it_can(
    visits: Visits, world: World
) -> None:
    place = world.channel()
    world.publish(place)
    channel = await visits.watched()
    await visits.visited(channel)
    world.publish(place)
    world.publish(place, "FLAG")
    place.broken.add(2)

    (gap,) = (await visits.visited(channel)).gap_ids
    while_broken = await visits.gaps()
    await visits.fill.gap(gap)
    tries = await visits.flow.rows("SELECT tries, reason FROM gaps")
    place.broken.clear()
    await visits.fill.gap(gap)

    assert while_broken == [(2, 2)]
    assert tuple(tries[0]) == (1, "unread")
    assert await visits.gaps() == []
    assert await visits.numbers() == [1, 2, 3]


async def test_edit_is_noticed_scored_anew_and_put_before_people(
    visits: Visits, world: World
) -> None:
    place = world.channel()
    world.publish(place, "Cuaca cerah")
    channel = await visits.watched()
    await visits.visited(channel)
    world.edit(place, 1, "FLAG serang")
    visits.flow.clock.advance(HOUR)

    visited = await visits.visited(channel)

    assert visited.kept == Kept(changed=1)
    (card,) = await visits.flow.cards()
    revision = await visits.flow.rows("SELECT number, edited_at FROM revisions WHERE number = 2")
    assert len(revision) == 1
    assert card.score == 0.9
    assert await visits.visited(channel) and len(await visits.flow.cards()) == 1


async def test_edit_of_an_album_is_noticed(visits: Visits, world: World) -> None:
    place = world.channel()
    first = post("satu", 1, channel=place.ref, source=SourceKind.PREVIEW, media=("photo",))
    second = post("", 2, channel=place.ref, source=SourceKind.PREVIEW, media=("photo",))
    shared = {"album_id": "preview:1", "member_ids": (1, 2), "media": ("photo", "photo")}
    world.publish(place, "satu", members=(first, second), **shared)
    channel = await visits.watched()
    await visits.visited(channel)
    edited = post("dua FLAG", 1, channel=place.ref, source=SourceKind.PREVIEW, media=("photo",))
    place.newest = 0
    world.publish(place, "dua FLAG", members=(edited, second), **shared)

    visited = await visits.visited(channel)

    assert visited.kept == Kept(changed=1)
    assert await visits.numbers() == [1, 2]
    rows = await visits.flow.rows("SELECT text FROM revisions ORDER BY number")
    assert [row.text for row in rows] == ["satu", "dua FLAG"]  # type: ignore[attr-defined]


async def test_stale_copy_of_a_page_takes_nothing_back(visits: Visits, world: World) -> None:
    place = world.channel()
    world.publish(place, "satu")
    channel = await visits.watched()
    world.edit(place, 1, "dua")
    await visits.visited(channel)
    world.edit(place, 1, "satu")
    world.lateness = HOUR

    visited = await visits.visited(channel)

    assert visited.kept == Kept()
    assert len(await visits.flow.rows("SELECT id FROM revisions")) == 1


# --- states -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reached", "health"),
    [
        (Reached.EMPTY, Health.EMPTY),
        (Reached.UNKNOWN_NAME, Health.UNKNOWN_NAME),
        (Reached.NO_PREVIEW, Health.NO_PREVIEW),
        (Reached.THROTTLED, Health.THROTTLED),
        (Reached.CHALLENGE, Health.CHALLENGE),
        (Reached.REFUSED, Health.REFUSED),
        (Reached.SERVER_ERROR, Health.SERVER_ERROR),
        (Reached.UNREACHABLE, Health.UNREACHABLE),
        (Reached.CUT_OFF, Health.SPOILT),
        (Reached.DRIFT, Health.DRIFT),
    ],
)
async def test_each_failure_is_a_state_of_its_own_and_takes_nothing(
    visits: Visits, world: World, reached: Reached, health: Health
) -> None:
    place = world.channel()
    world.publish(place, "FLAG")
    channel = await visits.watched()
    await visits.visited(channel)
    before = (await visits.watch(channel)).cursor
    world.fails(reached)

    await visits.visited(channel)

    report, watch = await visits.report(channel), await visits.watch(channel)
    assert report.health is health
    assert report.expected_delay is None
    assert report.well_at == NOON
    assert watch.cursor == before
    assert watch.due_at > NOON
    deleted = await visits.flow.rows("SELECT id FROM posts WHERE deleted_at IS NOT NULL")
    assert deleted == []


async def test_failing_channel_rests_longer_each_time_up_to_a_day(
    visits: Visits, world: World
) -> None:
    channel = await visits.watched("tidak_dikenal")
    waits = []
    for _ in range(8):
        await visits.visited(channel)
        waits.append((await visits.watch(channel)).due_at - visits.flow.clock.now())

    assert waits[0] < timedelta(hours=2) < waits[3]
    assert timedelta(hours=21) < waits[-1] < timedelta(hours=27)


async def test_well_again_after_trouble_forgets_it(visits: Visits, world: World) -> None:
    place = world.channel()
    world.publish(place)
    channel = await visits.watched()
    world.fails(Reached.SERVER_ERROR, Reached.SERVER_ERROR)
    for _ in range(3):
        await visits.visited(channel)

    watch = await visits.watch(channel)
    assert (watch.health, watch.failures) == (Health.WELL, 0)
    assert watch.expected_delay is not None


async def test_host_that_asks_to_wait_is_remembered_with_the_answer(
    visits: Visits, world: World
) -> None:
    channel = await visits.watched()
    world.fails(Reached.THROTTLED, retry_after=timedelta(minutes=7))

    await visits.visited(channel)

    host = await visits.errands.host()
    assert host.paused_until == NOON + timedelta(minutes=7)
    assert (await visits.watch(channel)).due_at == host.paused_until


# --- identity ---------------------------------------------------------------------------------


async def test_first_visit_learns_who_the_channel_is(visits: Visits, world: World) -> None:
    place = world.channel("Kabar_Contoh", -1005)
    world.publish(place)
    channel = await visits.watched("kabar_contoh")

    await visits.visited(channel)

    (row,) = await visits.flow.rows(
        "SELECT chat_id, username, title, state, subscribers FROM channels"
    )
    assert tuple(row) == (-1005, "Kabar_Contoh", "Kabar Contoh", "watching", 1200)
    (views,) = await visits.flow.rows("SELECT views FROM posts")
    assert views.views == 17
    assert "channel reached" in await visits.flow.audited()


async def test_renamed_channel_added_under_its_new_name_stays_itself(
    visits: Visits, world: World
) -> None:
    place = world.channel("nama_lama", -1005)
    for _ in range(3):
        world.publish(place)
    old = await visits.watched("nama_lama")
    await visits.visited(old)
    place.ref = ChannelRef(-1005, "nama_baru", "Kabar Contoh")
    world.places = {"nama_baru": place}
    world.publish(place)
    await visits.visited(old)
    under_old_name = (await visits.report(old)).health

    new = await visits.watched("nama_baru")
    await visits.visited(new)
    await visits.visited(old)

    assert under_old_name is Health.UNKNOWN_NAME
    rows = await visits.flow.rows("SELECT id, username FROM channels")
    assert [tuple(row) for row in rows] == [(old, "nama_baru")]
    assert await visits.numbers() == [1, 2, 3, 4]
    assert (await visits.report(old)).health is Health.WELL


async def test_redirect_to_the_channels_new_name_is_followed(visits: Visits, world: World) -> None:
    place = world.channel("nama_lama", -1005)
    world.publish(place)
    channel = await visits.watched("nama_lama")
    await visits.visited(channel)
    place.ref = ChannelRef(-1005, "nama_baru", "Kabar Contoh")
    world.publish(place)

    visited = await visits.visited(channel)

    assert visited.kept == Kept(new=1)
    assert (await visits.watch(channel)).username == "nama_baru"


async def test_channel_recreated_under_the_name_is_another_and_is_not_read(
    visits: Visits, world: World
) -> None:
    place = world.channel("kabar_contoh", -1005)
    world.publish(place)
    channel = await visits.watched()
    await visits.visited(channel)
    stranger = world.channel("kabar_contoh", -1006)
    for _ in range(3):
        world.publish(stranger, "FLAG")

    await visits.visited(channel)
    after_one = (await visits.report(channel)).health
    await visits.visited(channel)

    assert after_one is Health.OTHER_CHANNEL
    assert await visits.numbers() == [1]
    (row,) = await visits.flow.rows("SELECT chat_id, username, title FROM channels")
    assert tuple(row) == (-1005, None, "Kabar Contoh")
    assert "channel lost its name" in await visits.flow.audited()
    letters = await visits.flow.rows("SELECT letter FROM outbox")
    assert any("@kabar_contoh" in str(one.letter) for one in letters)
    assert (await visits.visited(channel)).reached is None, "it is asked for no more"


# --- two sources ------------------------------------------------------------------------------


async def test_same_post_from_bot_and_preview_is_one_post(visits: Visits, world: World) -> None:
    flow = visits.flow
    await flow.arrive(post("Cuaca *cerah*", 1))
    place = world.channel("kabar_contoh", CHANNEL.chat_id)
    world.publish(place, "Cuaca  *cerah* ")
    channel = await visits.watched()

    visited = await visits.visited(channel)

    assert visited.kept == Kept(known=1)
    assert len(await flow.rows("SELECT id FROM revisions")) == 1


async def test_edit_that_the_bot_was_not_told_of_is_seen(visits: Visits, world: World) -> None:
    flow = visits.flow
    await flow.arrive(post("Cuaca cerah", 1))
    place = world.channel("kabar_contoh", CHANNEL.chat_id)
    world.publish(place, "Cuaca buruk")
    channel = await visits.watched()
    unmarked = (await visits.visited(channel)).kept
    world.edit(place, 1, "Cuaca sangat buruk")

    marked = (await visits.visited(channel)).kept

    assert (unmarked, marked) == (Kept(known=1), Kept(changed=1))


async def test_bots_word_counts_more_than_the_previews(visits: Visits, world: World) -> None:
    place = world.channel("kabar_contoh", CHANNEL.chat_id)
    world.publish(place, "", media=("unsupported",))
    channel = await visits.watched()
    await visits.visited(channel)

    kept = await visits.flow.ingest.live([post("FLAG kata lengkap", 1)], [])

    assert kept == Kept(changed=1)


async def test_previews_word_counts_more_than_an_exports(visits: Visits, world: World) -> None:
    flow = visits.flow
    await flow.ingest.from_file([post("lama", 1, source=SourceKind.EXPORT)])
    place = world.channel("kabar_contoh", CHANNEL.chat_id)
    world.publish(place, "baru FLAG")
    channel = await visits.watched()

    assert (await visits.visited(channel)).kept == Kept(changed=1)


async def test_forgotten_words_do_not_come_back_with_the_page(visits: Visits, world: World) -> None:
    flow = visits.flow
    await flow.arrive(post("Cuaca cerah", 1))
    async with flow.database.work() as work:
        (row,) = await flow.rows("SELECT id FROM posts")
        await work.retention.forget_words([row.id], flow.clock.now())
        await work.commit()
    place = world.channel("kabar_contoh", CHANNEL.chat_id)
    world.publish(place, "Cuaca cerah")
    channel = await visits.watched()

    kept = (await visits.visited(channel)).kept

    assert kept == Kept(known=1)
    assert [one.text for one in await flow.rows("SELECT text FROM revisions")] == [""]  # type: ignore[attr-defined]


# --- off watch --------------------------------------------------------------------------------


async def test_nothing_is_asked_while_the_preview_is_off(visits: Visits, world: World) -> None:
    world.publish(world.channel())
    channel = await visits.watched()
    admin = await visits.flow.admin()
    await visits.sources.switch(admin, SourceKind.PREVIEW, on=False)

    visited = await visits.visited(channel)

    assert visited.reached is None
    assert world.asked == []


async def test_answer_for_a_channel_taken_off_watch_meanwhile_is_dropped(
    visits: Visits, world: World
) -> None:
    world.publish(world.channel())
    channel = await visits.watched()
    admin = await visits.flow.admin()
    asked = world.page

    async def removed_meanwhile(username: str, before: int | None = None) -> object:
        await visits.flow.watch.remove(admin, ["@kabar_contoh"])
        return await asked(username, before)

    world.page = removed_meanwhile  # type: ignore[assignment, method-assign]
    visited = await visits.visited(channel)

    assert visited.kept == Kept()
    assert await visits.numbers() == []
