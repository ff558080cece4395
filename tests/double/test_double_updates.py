"""How updates reach the bot: order, offsets, kinds, waiting, and who may poll."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict

from sandbox.double import Base, Double, Person
from sandbox.double.updates import KINDS, UpdateQueue


@pytest.fixture
def ani(double: Double) -> Person:
    return double.person(1001, "Ani")


def texts(updates: tuple[Update, ...]) -> list[str]:
    return [u.effective_message.text or "" for u in updates if u.effective_message]


async def test_updates_stay_until_a_later_offset_confirms_them(
    double: Double, bot: Bot, ani: Person
) -> None:
    for word in ("one", "two", "three"):
        double.say(ani, word)

    first = await bot.get_updates()
    again = await bot.get_updates(limit=2)
    rest = await bot.get_updates(offset=first[1].update_id)
    gone = await bot.get_updates()
    none = await bot.get_updates(offset=first[2].update_id + 1)

    assert texts(first) == ["one", "two", "three"]
    assert texts(again) == ["one", "two"]
    assert texts(rest) == texts(gone) == ["two", "three"]
    assert none == ()
    assert [u.update_id for u in first] == list(range(first[0].update_id, first[0].update_id + 3))
    assert double.pending == []


async def test_a_negative_offset_keeps_only_the_newest(
    double: Double, bot: Bot, ani: Person
) -> None:
    for word in ("one", "two", "three"):
        double.say(ani, word)

    assert texts(await bot.get_updates(offset=-1)) == ["three"]
    assert texts(await bot.get_updates()) == ["three"]


async def test_a_poll_waits_and_wakes_with_the_first_update(
    double: Double, bot: Bot, ani: Person
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await double.until(lambda: double.calls_of("getUpdates"))
    assert not poll.done()

    double.say(ani, "awake")

    assert texts(await asyncio.wait_for(poll, 2)) == ["awake"]


async def test_a_poll_without_updates_ends_with_its_timeout(bot: Bot) -> None:
    started = asyncio.get_running_loop().time()

    assert await bot.get_updates(timeout=1) == ()
    assert 0.9 < asyncio.get_running_loop().time() - started < 3


async def test_a_second_poll_ends_the_first_with_a_conflict(
    double: Double, base: Base, bot: Bot, ani: Person, connect: Callable[..., Bot]
) -> None:
    async with connect(base) as other:
        first = asyncio.create_task(bot.get_updates(timeout=10))
        await double.until(lambda: double.calls_of("getUpdates"))
        second = asyncio.create_task(other.get_updates(timeout=10))

        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await asyncio.wait_for(first, 2)
        double.say(ani, "for the second")

        assert texts(await asyncio.wait_for(second, 2)) == ["for the second"]


async def test_a_killed_poll_loses_nothing(
    double: Double, base: Base, ani: Person, connect: Callable[..., Bot]
) -> None:
    async with connect(base) as killed:
        poll = asyncio.create_task(killed.get_updates(timeout=10))
        await double.until(lambda: double.calls_of("getUpdates"))
        poll.cancel()
        await asyncio.gather(poll, return_exceptions=True)
    double.say(ani, "still here")

    async with connect(base) as restarted:
        assert texts(await restarted.get_updates(timeout=5)) == ["still here"]


async def test_the_choice_of_kinds_lasts_until_another_is_made(
    double: Double, bot: Bot, ani: Person
) -> None:
    channel = double.channel("contoh_kanal")
    double.add_bot(channel, by=ani)
    await bot.get_updates(allowed_updates=["channel_post"])

    double.say(ani, "not wanted")
    double.publish(channel, "wanted")
    before = await bot.get_updates(timeout=0)
    await bot.get_updates(allowed_updates=[])
    double.say(ani, "wanted again")
    after = await bot.get_updates()

    assert texts(before)[-1:] == ["wanted"]
    assert "not wanted" not in texts(after)
    assert texts(after)[-2:] == ["wanted", "wanted again"]


async def test_the_default_leaves_out_what_must_be_asked_for(double: Double, bot: Bot) -> None:
    unwanted = double.raw_update({"message_reaction_count": {}})
    await bot.get_updates(allowed_updates=list(KINDS))
    wanted = double.raw_update({"message_reaction_count": {}})

    assert unwanted is None
    assert wanted is not None


async def test_newer_things_of_telegram_reach_the_bot_in_api_kwargs(
    double: Double, bot: Bot, ani: Person
) -> None:
    channel = double.channel("contoh_kanal")
    double.add_bot(channel, by=ani)
    double.publish(channel, extra={"rich_message": {"blocks": [{"text": "rich"}]}})
    double.raw_update({"brand_new_kind": {"id": 1}})

    _, rich, new = await bot.get_updates()

    assert rich.channel_post and rich.channel_post.text is None
    assert rich.channel_post.api_kwargs["rich_message"] == {"blocks": [{"text": "rich"}]}
    assert new.api_kwargs["brand_new_kind"] == {"id": 1}


async def test_a_webhook_shuts_out_polling_until_it_is_deleted(
    double: Double,
    bot: Bot,
    ani: Person,
    leftovers: Callable[[Any], list[str]],
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await double.until(lambda: double.calls_of("getUpdates"))
    await bot.set_webhook(
        "https://bot.example.org/hook", secret_token="s-1", allowed_updates=["message"]
    )
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await asyncio.wait_for(poll, 2)
    with pytest.raises(Conflict, match="use deleteWebhook to delete the webhook first"):
        await bot.get_updates()
    double.say(ani, "waiting")
    info = await bot.get_webhook_info()

    await bot.delete_webhook()

    assert (info.url, info.pending_update_count) == ("https://bot.example.org/hook", 1)
    assert info.allowed_updates == ("message",)
    assert leftovers(info) == []
    assert texts(await bot.get_updates()) == ["waiting"]
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).url == ""
    assert double.pending == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://bot.example.org", "An HTTPS URL must be provided"),
        ("https://bot.example.org:8080", "only on ports 80, 88, 443 or 8443"),
    ],
)
async def test_a_wrong_webhook_is_refused(double: Double, bot: Bot, url: str, words: str) -> None:
    with pytest.raises(BadRequest):
        await bot.set_webhook(url)

    assert words in double.calls[-1].outcome


def test_a_press_lives_150_seconds_and_a_post_a_day() -> None:
    now = 0.0
    queue = UpdateQueue(now=lambda: now)
    queue.put({"callback_query": {}})
    queue.put({"channel_post": {}})

    kinds = []
    for moment in (149.0, 151.0, 86_401.0):
        now = moment
        kinds.append([key for update in queue.pending() for key in update if key != "update_id"])

    assert kinds == [["callback_query", "channel_post"], ["channel_post"], []]
