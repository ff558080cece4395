"""Flagged posts are looked at again; only two denials, ten minutes apart, make one deleted."""

from datetime import timedelta

import pytest

from bot.domain.post import SourceKind
from bot.domain.preview import Reached
from bot.domain.referral import LiveStatus
from tests.factories import NOON, post
from tests.watching.conftest import Visits
from tests.watching.world import Place, World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def place(visits: Visits, world: World) -> Place:
    """A channel under watch with one flagged post, number 2, on a card."""
    place = world.channel()
    world.publish(place)
    world.publish(place, "FLAG serang")
    await visits.visited(await visits.watched())
    return place


async def looks(visits: Visits) -> list[tuple[int, object]]:
    async with visits.flow.database.look() as work:
        due = await work.rechecks.due(visits.flow.clock.now() + timedelta(days=9), 9)
        return [(post_id, due_at) for post_id, _, due_at in due]


async def look_again(visits: Visits) -> None:
    for post_id, _ in await looks(visits):
        await visits.look_again.post(post_id)


async def deleted(visits: Visits) -> list[int]:
    rows = await visits.flow.rows("SELECT message_id FROM posts WHERE deleted_at IS NOT NULL")
    return [row.message_id for row in rows]  # type: ignore[attr-defined]


async def test_only_flagged_posts_are_looked_at_after_1_6_and_24_hours(
    visits: Visits, place: Place
) -> None:
    (card,) = await visits.flow.cards()
    seen = []
    for hours in (1, 6, 24):
        ((post_id, due_at),) = await looks(visits)
        seen.append((post_id, due_at))
        visits.flow.clock.advance(NOON + hours * HOUR - visits.flow.clock.now())
        await look_again(visits)

    assert seen == [(card.post_id, NOON + hours * HOUR) for hours in (1, 6, 24)]
    assert await looks(visits) == []


async def test_look_says_until_when_a_post_stood(visits: Visits, place: Place) -> None:
    flow = visits.flow
    await flow.recipient()
    await flow.confirm(await flow.moderator(), (await flow.cards())[0])
    flow.clock.advance(HOUR)
    await flow.refer.past_undo()
    kept, said = place.posts[2], []

    async def owed() -> None:
        async with flow.database.look() as work:
            (recipient,) = await work.recipients.served()
            (item,) = await work.referrals.owed_to(recipient.id)
        said.append((item.live_status, item.live_checked_at))

    await owed()
    await look_again(visits)
    await owed()
    del place.posts[2]
    flow.clock.advance(6 * HOUR)
    await look_again(visits)
    await owed()
    flow.clock.advance(10 * MINUTE)
    place.posts[2] = kept
    await look_again(visits)
    await owed()

    assert said == [
        (LiveStatus.NOT_CHECKED, None),
        (LiveStatus.LIVE, NOON + HOUR),
        (LiveStatus.MISSING, NOON + 7 * HOUR),
        (LiveStatus.LIVE, NOON + 7 * HOUR + 10 * MINUTE),
    ]


async def test_post_of_a_channel_that_only_the_bot_reads_is_not_asked_for(visits: Visits) -> None:
    await visits.flow.flagged()

    assert await looks(visits) == []


async def test_edit_that_no_page_shows_any_more_is_found(
    visits: Visits, world: World, place: Place
) -> None:
    world.edit(place, 2, "FLAG serang besok")
    visits.flow.clock.advance(HOUR)

    await look_again(visits)

    rows = await visits.flow.rows("SELECT text FROM revisions ORDER BY id DESC")
    assert rows[0].text == "FLAG serang besok"


async def test_two_denials_ten_minutes_apart_make_it_deleted(visits: Visits, place: Place) -> None:
    budi = await visits.flow.moderator("Budi")
    desk_before = await visits.flow.desk(budi)
    del place.posts[2]
    visits.flow.clock.advance(HOUR)
    first_denial = visits.flow.clock.now()
    await look_again(visits)
    after_one = await deleted(visits)
    visits.flow.clock.advance(9 * MINUTE)
    await look_again(visits)
    too_early = await deleted(visits)
    visits.flow.clock.advance(MINUTE)

    await look_again(visits)

    assert (after_one, too_early, await deleted(visits)) == ([], [], [2])
    (row,) = await visits.flow.rows("SELECT deleted_at FROM posts WHERE message_id = 2")
    assert str(row.deleted_at)[:19] == str(first_denial)[:19]
    assert await looks(visits) == []
    assert "post gone" in await visits.flow.audited()
    assert desk_before.card_id is not None, "it lay on a desk, which is drawn anew"


async def test_seen_between_two_denials_it_is_not_deleted(visits: Visits, place: Place) -> None:
    kept = place.posts.pop(2)
    visits.flow.clock.advance(HOUR)
    await look_again(visits)
    place.posts[2] = kept
    visits.flow.clock.advance(10 * MINUTE)
    await look_again(visits)
    del place.posts[2]
    visits.flow.clock.advance(6 * HOUR)
    await look_again(visits)

    assert await deleted(visits) == []


@pytest.mark.parametrize(
    "reached", [Reached.EMPTY, Reached.THROTTLED, Reached.SERVER_ERROR, Reached.UNKNOWN_NAME]
)
async def test_no_other_answer_says_that_a_post_is_gone(
    visits: Visits, world: World, place: Place, reached: Reached
) -> None:
    for _ in range(4):
        world.fails(reached)
        await look_again(visits)
        visits.flow.clock.advance(HOUR)

    assert await deleted(visits) == []
    assert len(await looks(visits)) == 1


async def test_denial_counts_only_while_the_channel_answers_well(
    visits: Visits, world: World, place: Place
) -> None:
    del place.posts[2]
    channel = (await visits.flow.rows("SELECT channel_id AS n FROM watches"))[0].n
    world.fails(Reached.EMPTY)
    await visits.visited(channel)
    for _ in range(3):
        visits.flow.clock.advance(HOUR)
        await look_again(visits)

    assert await deleted(visits) == []


async def test_flagged_post_that_a_page_leaves_out_is_asked_for_at_once(
    visits: Visits, place: Place, world: World
) -> None:
    del place.posts[2]
    world.publish(place)
    channel = (await visits.flow.rows("SELECT channel_id AS n FROM watches"))[0].n
    visits.flow.clock.advance(MINUTE)

    await visits.visited(channel)

    ((_, due_at),) = await looks(visits)
    assert due_at == visits.flow.clock.now()


async def test_album_stands_as_long_as_one_of_its_messages_does(
    visits: Visits, world: World
) -> None:
    place = world.channel()
    members = tuple(
        post(text, n, channel=place.ref, source=SourceKind.PREVIEW, media=("photo",))
        for n, text in ((1, "FLAG"), (2, ""), (3, ""))
    )
    whole = world.publish(
        place,
        "FLAG",
        members=members,
        member_ids=(1, 2, 3),
        media=("photo",) * 3,
        album_id="preview:1",
    )
    await visits.visited(await visits.watched())
    del place.posts[1]
    place.posts[3] = post("FLAG", 3, channel=whole.channel, source=SourceKind.PREVIEW)
    visits.flow.clock.advance(HOUR)
    for _ in range(3):
        await look_again(visits)
    with_one_left = await deleted(visits)
    asked = [number for _, number in world.asked if number is not None]
    del place.posts[3]
    visits.flow.clock.advance(5 * HOUR)
    for _ in range(3):
        await look_again(visits)
    visits.flow.clock.advance(10 * MINUTE)
    for _ in range(3):
        await look_again(visits)

    assert asked == [-1, -2, -3]
    assert with_one_left == []
    assert await deleted(visits) == [1]


async def test_post_that_is_shown_again_is_not_deleted_any_more(
    visits: Visits, world: World, place: Place
) -> None:
    kept = place.posts.pop(2)
    world.publish(place)
    channel = (await visits.flow.rows("SELECT channel_id AS n FROM watches"))[0].n
    await visits.visited(channel)
    await look_again(visits)
    visits.flow.clock.advance(10 * MINUTE)
    await look_again(visits)
    gone = await deleted(visits)
    place.posts[2] = kept

    await visits.visited(channel)

    assert gone == [2]
    assert await deleted(visits) == []
