"""What admins see of channels and do by button; renewals; the message of the day."""

import re
from datetime import timedelta

import pytest

from bot.domain.channel import Channel, ChannelRef, WatchState
from bot.domain.overseen import (
    ASKED_BEFORE,
    LIFETIME,
    PAGE_SIZE,
    Act,
    ChannelPress,
    Overseen,
    unpack_channel,
)
from bot.domain.people import Role
from bot.domain.post import SourceKind
from bot.ports import Found
from bot.services.heartbeat import Heartbeat
from bot.services.lapse import Lapse
from bot.services.leave_out import LeaveAnswer, LeaveOut
from bot.services.oversee import Done
from bot.services.sources import Sources
from tests.factories import CHANNEL, JAKARTA, Flow, post

DAY = timedelta(days=1)


async def channel(flow: Flow) -> Channel:
    """The one channel, with the bot in it."""
    flow.directory.known["kabar_contoh"] = Found(CHANNEL, is_channel=True, has_bot=True)
    await flow.watched()
    return await now_is(flow)


async def now_is(flow: Flow) -> Channel:
    (found,) = await flow.rows("SELECT id FROM channels")
    async with flow.database.look() as work:
        kept = await work.channels.by_id(int(str(found.id)))
    assert kept is not None
    return kept


async def act(flow: Flow, act: Act, value: str = "") -> Done:
    press = ChannelPress(act, (await now_is(flow)).id, 0, value)
    return (await flow.oversee.act(await flow.admin(), press)).done


async def seen(flow: Flow) -> Overseen:
    found = await flow.oversee.show((await now_is(flow)).id)
    assert found is not None
    return found


async def test_paused_channel_is_not_read_until_it_is_resumed(flow: Flow) -> None:
    await channel(flow)

    assert await act(flow, Act.PAUSE) is Done.PAUSED
    await flow.ingest.live([post("halo", 5)], [])
    paused = await flow.rows("SELECT count(*) FROM posts")
    await flow.watch.bot_entered(CHANNEL)
    assert (await now_is(flow)).state is WatchState.PAUSED
    assert await act(flow, Act.PAUSE) is Done.GONE
    assert await act(flow, Act.RESUME) is Done.RESUMED
    await flow.ingest.live([post("halo", 6)], [])

    assert paused == [(0,)]
    assert (await now_is(flow)).state is WatchState.WATCHING
    assert await flow.rows("SELECT message_id FROM posts") == [(6,)]
    assert [e for e in await flow.audited() if e.startswith("channel ")] == [
        "channel pause",
        "channel resume",
    ]


async def test_resumed_without_the_bot_in_it_waits(flow: Flow) -> None:
    await channel(flow)
    await act(flow, Act.PAUSE)
    flow.directory.known.clear()

    await act(flow, Act.RESUME)

    assert (await now_is(flow)).state is WatchState.WAITING


@pytest.mark.parametrize("before", [WatchState.WATCHING, WatchState.PAUSED])
async def test_removal_can_be_undone_within_the_hour(flow: Flow, before: WatchState) -> None:
    await channel(flow)
    if before is WatchState.PAUSED:
        await act(flow, Act.PAUSE)

    assert await act(flow, Act.REMOVE) is Done.REMOVED
    removed = (await now_is(flow)).state
    flow.clock.advance(timedelta(minutes=59))
    assert await act(flow, Act.UNDO, before) is Done.UNDONE

    assert removed is WatchState.REMOVED
    assert (await now_is(flow)).state is before
    assert await act(flow, Act.UNDO, before) is Done.GONE


async def test_removal_stands_after_the_hour_and_for_those_left_out(flow: Flow) -> None:
    await channel(flow)
    await act(flow, Act.REMOVE)
    flow.clock.advance(timedelta(hours=1, seconds=1))
    assert await act(flow, Act.UNDO, "watching") is Done.TOO_LATE

    await flow.watched()
    left = await LeaveOut(flow.database, flow.clock).add(
        await flow.admin(), "@kabar_contoh", "surat pemilik"
    )
    assert (left.answer, left.was_watched) == (LeaveAnswer.LISTED, True)
    assert await act(flow, Act.UNDO, "watching") is Done.LEFT_OUT
    assert (await now_is(flow)).state is WatchState.REMOVED


async def test_left_out_channel_stays_left_out_under_another_name(flow: Flow) -> None:
    await channel(flow)
    leave_out = LeaveOut(flow.database, flow.clock)
    await leave_out.add(await flow.admin(), "@kabar_contoh", "surat pemilik")
    renamed = ChannelRef(CHANNEL.chat_id, "nama_baru", CHANNEL.title)
    flow.directory.known["nama_baru"] = Found(renamed, is_channel=True, has_bot=True)

    assert [str(one) for one in await flow.adds("@nama_baru")] == ["left_out"]
    assert not await flow.watch.bot_entered(renamed)
    again = await leave_out.add(await flow.admin(), "@kabar_contoh", "sekali lagi")
    assert again.answer is LeaveAnswer.ALREADY


async def test_held_posts_of_a_left_out_channel_stay(flow: Flow) -> None:
    await flow.arrive(post("FLAG serang", 5))

    await LeaveOut(flow.database, flow.clock).add(await flow.admin(), "@kabar_contoh", "surat")
    await flow.ingest.live([post("baru", 6)], [])

    assert await flow.rows("SELECT message_id FROM posts") == [(5,)]
    assert len(await flow.cards()) == 1


@pytest.mark.parametrize(
    ("written", "reason", "answer"),
    [
        ("t.me/+rahasia", "surat", LeaveAnswer.BAD_NAME),
        ("!", "surat", LeaveAnswer.BAD_NAME),
        ("@kabar_contoh", " ", LeaveAnswer.NO_REASON),
    ],
)
async def test_leaving_out_needs_a_name_and_a_reason(
    flow: Flow, written: str, reason: str, answer: LeaveAnswer
) -> None:
    leave_out = LeaveOut(flow.database, flow.clock)

    left = await leave_out.add(await flow.admin(), written, reason)

    assert left.answer is answer
    assert await leave_out.listed() == []


@pytest.mark.parametrize(
    ("level", "text", "flagged"),
    [("90", "FLAG", True), ("20", "tenang", False), ("model", "FLAG", True)],
)
async def test_own_threshold_decides_what_is_flagged(
    flow: Flow, level: str, text: str, flagged: bool
) -> None:
    await channel(flow)  # the scripted scores are .9 and .1
    assert await act(flow, Act.LEVEL, level) is Done.LEVEL

    await flow.arrive(post(f"{text} sekarang juga"))

    assert bool(await flow.cards()) is flagged
    (row,) = await flow.rows("SELECT threshold, is_flagged FROM verdicts")
    assert (row.threshold, bool(row.is_flagged)) == (
        {"90": 0.9, "20": 0.2, "model": 0.5}[level],
        flagged,
    )


async def test_threshold_above_the_score_keeps_a_post_from_the_desks(flow: Flow) -> None:
    await channel(flow)
    async with flow.database.work() as work:
        await work.channels.change((await now_is(flow)).id, threshold=0.95)
        await work.commit()

    await flow.arrive(post("FLAG sekarang juga"))

    assert await flow.cards() == []


async def test_source_changes_only_where_the_preview_is_on(flow: Flow) -> None:
    await channel(flow)
    assert await act(flow, Act.SOURCE) is Done.PREVIEW_OFF
    admin = await flow.admin()
    sources = Sources(flow.database, flow.clock)
    await sources.switch(admin, SourceKind.PREVIEW, on=True, legal_basis="Mandat, pasal 1")

    assert await act(flow, Act.SOURCE) is Done.PREVIEW
    through_preview = await seen(flow)
    assert await act(flow, Act.SOURCE) is Done.BOT
    through_bot = await seen(flow)

    assert through_preview.reading.source is SourceKind.PREVIEW
    assert through_preview.why_not_well == "new"
    assert (through_bot.reading.source, through_bot.is_well) == (SourceKind.BOT, True)

    await act(flow, Act.SOURCE)
    await sources.switch(admin, SourceKind.PREVIEW, on=False)
    assert (await seen(flow)).why_not_well == "preview_off"


async def test_pages_hold_all_channels_once(flow: Flow) -> None:
    await flow.adds(*(f"@kanal_{number:02}" for number in range(15)))

    pages = [await flow.oversee.page(number) for number in range(3)]
    beyond = await flow.oversee.page(99)

    names = [one.channel.username for page in pages for one in page.rows]
    assert len(names) == len(set(names)) == 15
    assert [len(page.rows) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    assert beyond == pages[2]
    assert pages[0].counts == {"waiting": 15}


async def test_flagged_posts_are_counted_once_whatever_their_revisions(flow: Flow) -> None:
    first = post("FLAG satu dua", 5)
    await flow.arrive(first, post("tenang saja", 6))
    await flow.edit(first, "FLAG satu dua tiga")

    found = (await seen(flow)).channel

    assert (found.posts, found.flagged) == (2, 1)


async def notices(flow: Flow) -> list[str]:
    """New letters to the admin of the settings since the last question."""
    before = len(flow.courier.to(1))
    await flow.post_office()
    return [str(letter.html) for letter in flow.courier.to(1)[before:]]


async def test_watch_is_asked_about_and_lapses(flow: Flow) -> None:
    await channel(flow)
    lapse = Lapse(flow.database, flow.clock)

    flow.clock.advance(LIFETIME - ASKED_BEFORE - timedelta(hours=2))
    early = await lapse.due(), await notices(flow)
    flow.clock.advance(timedelta(hours=3))
    asked = await lapse.due(), await notices(flow)
    flow.clock.advance(timedelta(hours=3))
    again = await lapse.due(), await notices(flow)
    flow.clock.advance(ASKED_BEFORE)
    ended = await lapse.due(), await notices(flow)
    await flow.ingest.live([post("halo", 5)], [])

    assert early == (0, [])
    assert asked[0] == 0
    (question,) = asked[1]
    assert "@kabar_contoh – in" in question
    assert again == (0, [])
    assert ended[0] == 1
    assert "no longer watched" in ended[1][0]
    assert (await now_is(flow)).state is WatchState.LAPSED
    assert await flow.rows("SELECT * FROM posts") == []
    assert await act(flow, Act.RENEW) is Done.RENEWED
    assert (await now_is(flow)).state is WatchState.WATCHING


async def test_renewed_watch_goes_on(flow: Flow) -> None:
    await channel(flow)
    lapse = Lapse(flow.database, flow.clock)
    flow.clock.advance(LIFETIME - DAY)
    await lapse.due()
    asked_at = (await now_is(flow)).renewal_asked_at
    assert asked_at is not None

    assert await lapse.renew_asked(await flow.admin(), int(asked_at.timestamp())) == 1
    assert await lapse.renew_asked(await flow.admin(), int(asked_at.timestamp())) == 0
    flow.clock.advance(2 * DAY)
    await lapse.due()

    assert (await now_is(flow)).state is WatchState.WATCHING
    lapses_at = (await seen(flow)).lapses_at
    assert lapses_at is not None
    assert lapses_at > flow.clock.now() + LIFETIME - 3 * DAY


async def test_confirmed_post_keeps_a_watch_going(flow: Flow) -> None:
    await channel(flow)
    flow.clock.advance(LIFETIME - DAY)
    await flow.confirmed()
    flow.clock.advance(2 * DAY)

    assert await Lapse(flow.database, flow.clock).due() == 0
    assert (await now_is(flow)).state is WatchState.WATCHING


def heartbeat(flow: Flow) -> Heartbeat:
    return Heartbeat(
        flow.database,
        flow.clock,
        flow.oversee,
        flow.classifier,
        day_at="0 7 * * *",
        timezone=JAKARTA,
        undecided_days=30,
    )


async def test_day_is_told_once_silently_and_says_what_is_amiss(flow: Flow) -> None:
    await flow.adds("@tak_dikenal")
    await flow.arrive(post("FLAG serang", 5), post("", 6))
    beat = heartbeat(flow)
    await flow.post_office()

    first = await beat.due()
    flow.clock.advance(timedelta(hours=18, minutes=59))  # from noon
    early = await beat.due()
    flow.clock.advance(timedelta(minutes=1))
    told = await beat.due(), await beat.due(), await heartbeat(flow).due()
    await flow.post_office()

    assert (first, early, told) == (False, False, (True, False, False))
    letter = flow.courier.to(1)[-1]
    ((hash_,),) = await flow.rows("SELECT hash FROM audit_head")
    assert letter.silent
    assert str(letter.html).splitlines()[2:] == [
        "Channels: 2, not well: 1",
        "⚠️ 1 – waits until the owner adds the bot",
        "In 24 hours: 2 posts, 1 without text",
        "Oldest waiting since 2 Mar 2026 12:00 WIB",
        "Model <code>scripted-1</code>",
        f"Audit <code>{str(hash_)[:16]}</code>",
    ]


async def test_day_comes_when_all_is_well_and_counts_days_that_were_missed(flow: Flow) -> None:
    await flow.person(Role.ADMIN, telegram_id=2, language="id")
    beat = heartbeat(flow)
    await beat.due()

    flow.clock.advance(4 * DAY)
    assert await beat.due()
    await flow.post_office()
    flow.clock.advance(DAY)
    assert await beat.due()
    await flow.post_office()

    after_a_gap, daily = [str(letter.html) for letter in flow.courier.to(2)][-2:]
    assert "Hari tanpa pesan ini sebelum hari ini: 3" in after_a_gap
    assert "Hari tanpa pesan ini sebelum" not in daily
    assert "Tidak ada unggahan yang menunggu" in daily


async def test_day_counts_what_nobody_decides_until_somebody_does(flow: Flow) -> None:
    card = await flow.flagged("FLAG serang")
    beat = heartbeat(flow)
    await beat.due()
    seen = []
    for days in (30, 1, 1):
        flow.clock.advance(days * DAY)
        if len(seen) == 2:
            assert (await flow.dismiss(await flow.moderator("Budi"), card)).refusal is None
        assert await beat.due()
        await flow.post_office()
        seen.append(str(flow.courier.to(1)[-1].html))
    seen = [re.findall(r"Undecided for more than 30 days: (\d+)", one) for one in seen]

    # On the thirtieth day it is not older than 30 days yet.
    assert seen == [[], ["1"], []]


async def test_day_says_what_keeps_referrals_back(flow: Flow) -> None:
    regulator = await flow.recipient("Meja <Satu>")
    async with flow.database.work() as work:
        profile = await work.recipients.of_person(regulator.id)
        assert profile is not None
        await work.recipients.change(profile.id, required=["picture", "reasons", "two_people"])
        await work.commit()
    beat = heartbeat(flow)
    await beat.due()
    await flow.referred()

    flow.clock.advance(DAY)
    assert await beat.due()
    await flow.post_office()

    words = str(flow.courier.to(1)[-1].html)
    assert "Kept back for Meja &lt;Satu&gt;" in words
    assert "reasons 1" in words
    assert "two people 1" in words


@pytest.mark.parametrize("act", Act)
def test_presses_pack_and_unpack(act: Act) -> None:
    press = ChannelPress(act, 10**17, 99_999, "watching")

    assert unpack_channel(press.pack()) == press
    assert len(press.pack().encode()) <= 64


@pytest.mark.parametrize(
    "data", ["chan:", "chan:page", "chan:x:1:0", "chan:page:1:x", "chan:page:-1:0", "chan:set:1:0"]
)
def test_forged_presses_are_none(data: str) -> None:
    assert unpack_channel(data) is None


@pytest.mark.parametrize("value", ["0", "100", "55", "", "model", "²"])
def test_only_offered_thresholds_are_taken(value: str) -> None:
    assert ChannelPress(Act.LEVEL, 1, 0, value).threshold is None
