"""Channels come under watch by an admin's word, and only public channels do."""

import pytest

from bot.domain.adding import Outcome
from bot.domain.channel import ChannelRef, WatchState
from bot.ports import Found
from bot.storage.posts import Kept
from tests.factories import CHANNEL, Flow, post

BY_ID = ChannelRef(CHANNEL.chat_id, None, CHANNEL.title)


def told(flow: Flow, *, has_bot: bool = True, is_channel: bool = True) -> None:
    flow.directory.known["kabar_contoh"] = Found(CHANNEL, is_channel=is_channel, has_bot=has_bot)


async def answers(flow: Flow, *written: str) -> list[Outcome]:
    return await flow.adds(*written)


async def states(flow: Flow) -> list[tuple[str | None, WatchState]]:
    return [(channel.username, channel.state) for channel in await flow.under_watch()]


async def notices(flow: Flow) -> list[str]:
    """What admins are told, in the order in which it is owed."""
    await flow.post_office()
    return [str(letter.html) for letter in flow.courier.to(1)]


async def test_channel_that_the_bot_is_in_is_watched(flow: Flow) -> None:
    told(flow)

    assert await answers(flow, "@kabar_contoh") == [Outcome.WATCHING]
    assert await states(flow) == [("kabar_contoh", WatchState.WATCHING)]
    assert "channel added" in await flow.audited()


async def test_channel_that_the_bot_is_not_in_waits(flow: Flow) -> None:
    told(flow, has_bot=False)

    assert await answers(flow, "@kabar_contoh", "@lain_lagi") == [Outcome.WAITING] * 2
    assert await states(flow) == [
        ("kabar_contoh", WatchState.WAITING),
        ("lain_lagi", WatchState.WAITING),
    ]


async def test_every_name_gets_an_answer_in_its_order(flow: Flow) -> None:
    told(flow)
    group = ChannelRef(-100222, "grup_contoh", "Grup")
    flow.directory.known["grup_contoh"] = Found(group, is_channel=False, has_bot=True)

    written = ["https://t.me/+AbCdEf", "@grup_contoh", "!", "t.me/kabar_contoh", "@KABAR_CONTOH"]

    assert await answers(flow, *written) == [
        Outcome.PRIVATE,
        Outcome.NOT_A_CHANNEL,
        Outcome.BAD_NAME,
        Outcome.WATCHING,
        Outcome.ALREADY,
    ]
    assert len(await states(flow)) == 1


async def test_adding_again_changes_nothing_but_a_waiting_one_that_the_bot_entered(
    flow: Flow,
) -> None:
    assert await answers(flow, "@kabar_contoh", "@Kabar_Contoh") == [
        Outcome.WAITING,
        Outcome.ALREADY,
    ]

    told(flow)

    assert await answers(flow, "@kabar_contoh", "@kabar_contoh") == [
        Outcome.WATCHING,
        Outcome.ALREADY,
    ]
    assert await states(flow) == [("kabar_contoh", WatchState.WATCHING)]


async def test_removed_channel_can_come_back(flow: Flow) -> None:
    await flow.arrive(post("halo", 5))
    admin = await flow.admin()

    removed = await flow.watch.remove(admin, ["@Kabar_Contoh", "@kabar_contoh", "@lain", "t.me/+x"])
    again = await answers(flow, "@kabar_contoh")

    assert [one.answer for one in removed] == [
        Outcome.REMOVED,
        Outcome.UNKNOWN,
        Outcome.UNKNOWN,
        Outcome.PRIVATE,
    ]
    assert again == [Outcome.WATCHING]
    (channel,) = await flow.under_watch()
    assert channel.posts == 1


async def test_scanned_channel_is_not_removed_from_a_watch_that_it_is_not_under(flow: Flow) -> None:
    await flow.ingest.from_file([post("halo", 5)])

    (one,) = await flow.watch.remove(await flow.admin(), ["@kabar_contoh"])

    assert one.answer is Outcome.UNKNOWN


async def test_owner_adds_the_bot_and_admins_hear_of_it(flow: Flow) -> None:
    await answers(flow, "@KABAR_contoh")

    assert await flow.watch.bot_entered(CHANNEL)

    assert await states(flow) == [("kabar_contoh", WatchState.WATCHING)]
    assert any("@kabar_contoh" in words for words in await notices(flow))
    assert "channel reached" in await flow.audited()


async def test_channel_that_nobody_asked_for_stays_unwatched(flow: Flow) -> None:
    await flow.admin()

    assert not await flow.watch.bot_entered(CHANNEL)

    assert await states(flow) == []
    assert any("nobody put under watch" in words for words in await notices(flow))


async def test_bot_that_was_thrown_out_waits_again(flow: Flow) -> None:
    await flow.watched()

    await flow.watch.bot_left(CHANNEL)
    await flow.watch.bot_left(CHANNEL)

    assert await states(flow) == [("kabar_contoh", WatchState.WAITING)]
    assert sum("no longer in" in words for words in await notices(flow)) == 1


async def test_refused_chat_is_told_once_to_each_admin(flow: Flow) -> None:
    await flow.admin()

    await flow.admit.refuse(ChannelRef(-5, None, "<b>Grup & keluarga</b>"), "group-stranger", "en")

    (words,) = await notices(flow)
    assert "&lt;b&gt;Grup &amp; keluarga&lt;/b&gt;" in words


@pytest.mark.parametrize("entered", [True, False], ids=["bot entered", "post came"])
async def test_channel_scanned_by_id_and_awaited_by_name_is_one(flow: Flow, entered: bool) -> None:
    await flow.ingest.from_file([post("halo", 5, channel=BY_ID)])
    assert await answers(flow, "@kabar_contoh") == [Outcome.WAITING]

    if entered:
        assert await flow.watch.bot_entered(CHANNEL)
    kept = await flow.ingest.live([post("halo", 5), post("baru", 6)], [])

    assert kept == Kept(new=1, known=1)
    (channel,) = await flow.under_watch()
    assert (channel.state, channel.username, channel.posts) == (
        WatchState.WATCHING,
        "kabar_contoh",
        2,
    )
    assert len(await flow.rows("SELECT id FROM channels")) == 1


async def test_export_with_a_name_is_the_channel_awaited_under_it(flow: Flow) -> None:
    await answers(flow, "@kabar_contoh")

    await flow.ingest.from_file([post("halo", 5)])

    (channel,) = await flow.under_watch()
    assert (channel.chat_id, channel.state, channel.posts) == (
        CHANNEL.chat_id,
        WatchState.WAITING,
        1,
    )
