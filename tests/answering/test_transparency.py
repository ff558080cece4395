"""Open figures: one day with every figure in it, counted by hand; no name, no word gets out."""

from datetime import date, timedelta

from sqlalchemy import text as sql

from bot.domain.case import Choice
from bot.domain.channel import ChannelRef
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.receipt import ReplyCode
from bot.domain.reversal import CorrectionPress, Restored, SecondPress
from bot.domain.transparency import Hidden, Waiting, period_of
from bot.services.transparency import CountOpenly
from tests.answering.conftest import Deliver
from tests.factories import JAKARTA, NOON, Flow, post

DAY = date(2026, 3, 2)
_GAPS = """
    INSERT INTO gaps (channel_id, first, last, reason, found_at, due_at)
    SELECT channel_id, 11, 17, 'missed', :now, :now FROM watches UNION ALL
    SELECT channel_id, 30, 30, 'unread', :now, :now FROM watches UNION ALL
    SELECT channel_id, 40, 60, 'missed', :later, :later FROM watches
"""
_HISTORY = """
    INSERT INTO posts (channel_id, message_id, source, posted_at, seen_at, is_readable, is_history)
    SELECT channel_id, 1, 'preview', posted_at, seen_at, true, true FROM posts ORDER BY id LIMIT 1
"""
_WATCH = """
    INSERT INTO watches (channel_id, source, began_at, due_at, health, health_since, recent,
                         wanted_seconds)
    SELECT min(id), 'preview', :now, :now, 'well', :now, '{}', 60 FROM channels
"""


async def counted(flow: Flow, day: date = DAY) -> dict[str, dict[str, int]]:
    """What is counted of a day before anything is hidden, noughts left out."""
    period = period_of(day, day, flow.clock.now(), JAKARTA)
    async with flow.database.look() as work:
        groups = await work.transparency.groups(period)
    return {
        table.name: {cell: count for cell, count in table.cells.items() if count}
        for group in groups
        for table in group.tables
    }


async def a_day(flow: Flow, deliver: Deliver) -> None:
    """Every figure at least once, all of it between 12.00 and midnight in Jakarta."""
    sent = await deliver(4)
    flow.clock.advance(timedelta(hours=1))
    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.ACTIONED)
    flow.clock.advance(timedelta(hours=1))
    await flow.answer.one(sent.regulator, sent.referrals[1], ReplyCode.ALREADY_GONE)
    await flow.answer.one(sent.regulator, sent.referrals[1], ReplyCode.NOT_VIOLATING)
    one, other = [await flow.moderator(name, on_duty=False) for name in ("Sari", "Rina")]
    await flow.reverse.ask(one, sent.cards[2], "Ternyata berita")
    (withdrawal,) = await flow.rows("SELECT id FROM withdrawals")
    await flow.reverse.second(other, SecondPress(int(str(withdrawal.id)), agrees=True))
    await flow.post_office()
    (correction,) = await flow.rows("SELECT id FROM corrections")
    await flow.reverse.restored(
        sent.regulator, CorrectionPress(int(str(correction.id)), Restored.RESTORED)
    )
    await flow.confirmed("FLAG the last one is on its way to you and not there", channel=OTHER)
    flow.clock.advance(timedelta(seconds=61))
    assert await flow.refer.past_undo()
    await flow.arrive(
        post("", media=("photo",)),
        post("cuaca cerah hari ini"),
        post("FOREIGN cuaca"),
        post("FLAG berita dari kota yang ramai itu"),
        post("FLAG они не были в городе и это всё"),
        post("FLAG something else that nobody has looked at"),
    )
    news, kept, _ = (await flow.cards())[-3:]
    person = await flow.moderator("Budi")
    for card, harm, purpose in ((news, None, PurposeCode.NEWS), (kept, HarmCode.JUSTIFY, None)):
        async with flow.database.work() as work:
            await work.desks.change(person.id, card_id=card.id, revision_id=card.revision_id)
            await work.commit()
        choice = Choice.CONFIRM if harm else Choice.DISMISS
        assert (await flow.choose(person, card, choice, harm, purpose)).refusal is None
    await flow.ingest.live([post("not judged yet")], [])
    async with flow.database.work() as work:
        await work.connection.execute(sql(_HISTORY))
        await work.commit()
    async with flow.database.work() as work:
        now = flow.clock.now()
        await work.connection.execute(
            sql("UPDATE channels SET wanted_by = 'public' WHERE username = 'lain_contoh'")
        )
        values = {"now": now, "later": now + timedelta(days=1)}
        await work.connection.execute(sql(_WATCH), {"now": now})
        await work.connection.execute(sql(_GAPS), values)
        await work.commit()


OTHER = ChannelRef(-1001234567999, "lain_contoh", "Lain Contoh")
COUNTED = {
    "reading": {
        "nothing_to_read": 1,
        "not_judged": 1,
        "history": 1,
        "not_flagged": 1,
        "outside_known": 1,
        "not_decided": 1,
        "decided": 7,
    },
    "decisions": {"INCITE": 5, "NEWS": 1, "JUSTIFY": 1},
    "languages": {"Latn": 4, "id": 1, "ru": 1, "en": 1},
    "referred_codes": {"INCITE": 4},
    "referred_languages": {"Latn": 4},
    "outcomes": {"actioned": 1, "not_violating": 1, "withdrawn": 1, "unanswered": 1},
    "undelivered": {"owed": 1},
    "corrections": {"restored": 1},
    "withdrawn": {"agreed": 1},
    "askers": {"own": 1, "public": 1},
    "watches": {"watching": 2},
    "gaps": {"missed": 7, "unread": 1},
}


async def test_a_day_is_counted_as_by_hand_and_so_it_stays(flow: Flow, deliver: Deliver) -> None:
    await a_day(flow, deliver)

    assert await counted(flow) == COUNTED
    async with flow.database.look() as work:
        times = await work.transparency.answer_times(period_of(DAY, DAY, NOON, JAKARTA))
    assert sorted(times) == [timedelta(hours=1), timedelta(hours=2)]

    await flow.refer.digests_now()
    await flow.post_office()
    await flow.triage.batch()
    flow.clock.advance(timedelta(days=400))
    forgotten = await flow.retain.all()

    assert (forgotten.unflagged, forgotten.dismissed, forgotten.referred) == (4, 2, 5)
    later = await counted(flow)
    judged = COUNTED["reading"] | {"not_flagged": 2}
    del judged["not_judged"]
    assert later["reading"] == judged
    assert later["decisions"] == COUNTED["decisions"]
    assert later["languages"] == COUNTED["languages"]
    assert later["outcomes"] == COUNTED["outcomes"] | {"unanswered": 2}
    nothing: dict[str, dict[str, int]] = {name: {} for name in COUNTED}
    assert await counted(flow, DAY - timedelta(days=1)) == nothing
    assert await counted(flow, DAY + timedelta(days=1)) == nothing | {"gaps": {"missed": 21}}


async def test_tests_are_no_referrals_and_old_cards_have_no_language(
    flow: Flow, deliver: Deliver
) -> None:
    await deliver(1)
    async with flow.database.work() as work:
        await work.connection.execute(sql("UPDATE cards SET language = NULL"))
        await work.commit()

    found = await counted(flow)

    assert found["languages"] == found["referred_languages"] == {"unrecorded": 1}

    async with flow.database.work() as work:
        await work.connection.execute(sql("UPDATE digests SET is_test = true"))
        await work.commit()

    found = await counted(flow)

    assert found["outcomes"] == found["undelivered"] == {}
    assert found["decisions"] == {"INCITE": 1}


async def test_edited_card_is_counted_by_its_new_words(flow: Flow) -> None:
    original = post("FLAG berita dari kota yang ramai itu")
    await flow.arrive(original)
    await flow.edit(original, "FLAG the news is from the town that we were in")
    await flow.dismiss(await flow.moderator(), (await flow.cards())[0])

    assert (await counted(flow))["languages"] == {"en": 1}


async def test_what_leaves_the_service_shows_no_small_count(flow: Flow, deliver: Deliver) -> None:
    """Three answers are few; six of nine leave three unanswered, and their times would say so."""
    sent = await deliver(9)
    flow.clock.advance(timedelta(minutes=90))
    period = period_of(DAY, DAY, flow.clock.now(), JAKARTA)
    figures = []

    for some in (sent.referrals[:3], sent.referrals[3:6], sent.referrals[6:]):
        for referral in some:
            await flow.answer.one(sent.regulator, referral, ReplyCode.ACTIONED)
        figures.append(await CountOpenly(flow.database, flow.clock).figures(period))

    *early, last = figures
    assert [one.time_to_answer for one in early] == [None, None]
    assert last.time_to_answer == Waiting(timedelta(minutes=90), timedelta(minutes=90))
    tables = {table.name: table for table in last.tables}
    assert tables["decisions"].cells["INCITE"] == 9
    assert tables["outcomes"].total == tables["outcomes"].cells["actioned"] == 9
    assert tables["askers"].total == Hidden.FEW
