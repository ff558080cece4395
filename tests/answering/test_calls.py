"""What does not wait goes out at once, and calls again until somebody presses Received."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calling import CALLS, LAST, calls_due, next_call
from bot.domain.codes import HarmCode
from bot.domain.people import Role
from bot.services.call import CallAgain
from bot.services.refer import Sent
from tests.answering.conftest import Deliver
from tests.factories import NOON, Flow
from tests.render.letter_rules import visible

MINUTE = timedelta(minutes=1)


async def threat(flow: Flow, deliver: Deliver) -> int:
    """The Telegram id of a regulator who was sent a threat just now."""
    sent = await deliver(1, HarmCode.INCITE)
    card = await flow.flagged("FLAG THREAT besok di sini")
    budi = await flow.moderator("Budi")
    assert (await flow.confirm(budi, card, HarmCode.THREAT)).refusal is None
    flow.clock.advance(timedelta(seconds=61))
    assert await flow.refer.past_undo() == 1
    assert await flow.refer.at_once() == [Sent("Regulator", 2, 1)]
    await flow.post_office()
    return sent.regulator.telegram_id


def calls(flow: Flow, chat_id: int) -> int:
    return sum("is urgent" in visible(letter.html) for letter in flow.courier.to(chat_id))


async def test_threat_leaves_at_once_and_other_codes_wait(flow: Flow) -> None:
    regulator = await flow.recipient()
    await flow.referred()
    assert await flow.refer.at_once() == []
    card = await flow.flagged("FLAG THREAT besok")
    budi = await flow.moderator("Budi")
    await flow.confirm(budi, card, HarmCode.THREAT)
    await flow.refer.past_undo()
    within_the_minute = await flow.refer.at_once()
    flow.clock.advance(timedelta(seconds=61))
    await flow.refer.past_undo()

    assert within_the_minute == []
    assert [await flow.refer.at_once() for _ in range(2)] == [[Sent("Regulator", 1, 1)], []]
    await flow.post_office()
    (letter,) = flow.courier.to(regulator.telegram_id)
    assert "besok" in letter.html


async def test_profile_decides_what_does_not_wait(flow: Flow) -> None:
    await flow.recipient()
    async with flow.database.work() as work:
        (profile,) = await work.recipients.served()
        await work.recipients.take(profile.id, profile.codes, {HarmCode.INCITE})
        await work.commit()
    await flow.referred()

    assert len(await flow.refer.at_once()) == 1


async def test_calls_come_at_5_15_30_and_60_minutes_and_then_no_more(
    flow: Flow, deliver: Deliver
) -> None:
    chat_id, heard = await threat(flow, deliver), list[int]()
    for minute in range(1, 121):
        flow.clock.advance(MINUTE)
        before = calls(flow, chat_id)
        await flow.call_again.due()
        await flow.post_office()
        if calls(flow, chat_id) > before:
            heard.append(minute)

    assert heard == [5, 15, 30, 60]


async def test_received_ends_the_calls(flow: Flow, deliver: Deliver) -> None:
    chat_id = await threat(flow, deliver)
    flow.clock.advance(5 * MINUTE)
    await flow.call_again.due()
    await flow.post_office()
    async with flow.database.look() as work:
        person = await work.people.by_telegram_id(chat_id)
    assert person is not None

    digest = (await flow.rows("SELECT max(id) AS id FROM digests"))[0]
    assert await flow.answer.received(person, int(str(digest.id)))
    flow.clock.advance(timedelta(hours=2))

    assert await flow.call_again.due() == 0
    assert calls(flow, chat_id) == 1


async def test_last_call_tells_second_contact_and_admins_with_the_emergency_line(
    flow: Flow, deliver: Deliver
) -> None:
    chat_id, admin = await threat(flow, deliver), await flow.admin()
    second = await flow.person(Role.RECIPIENT, name="Dewi")
    async with flow.database.work() as work:
        (mine,) = [one for one in await work.recipients.all() if one.chat_id == chat_id]
        await work.recipients.change(mine.id, second_person_id=second.id)
        await work.commit()
    flow.clock.advance(30 * MINUTE)
    await flow.call_again.due()
    await flow.post_office()
    before = calls(flow, second.telegram_id)
    flow.clock.advance(30 * MINUTE)
    await flow.call_again.due()
    await flow.post_office()

    assert (before, calls(flow, second.telegram_id)) == (0, 1)
    for person in (second, admin):
        assert "021-000-000" in visible(flow.courier.to(person.telegram_id)[-1].html)
    assert "second contact was told too" in visible(flow.courier.to(admin.telegram_id)[-1].html)


async def test_admins_hear_that_there_is_no_second_contact_and_of_no_line_without_one(
    flow: Flow, deliver: Deliver
) -> None:
    _, admin = await threat(flow, deliver), await flow.admin()
    flow.clock.advance(60 * MINUTE)
    await CallAgain(flow.database, flow.clock, "").due()
    await flow.post_office()

    told = visible(flow.courier.to(admin.telegram_id)[-1].html)
    assert "no second contact" in told
    assert told.endswith("in another way.")


async def test_process_that_was_down_makes_the_call_that_is_due(
    flow: Flow, deliver: Deliver, restarted: Callable[[], Flow]
) -> None:
    chat_id = await threat(flow, deliver)
    flow.clock.advance(20 * MINUTE)

    again = restarted()
    await again.call_again.due()
    await again.post_office()
    again.clock.advance(10 * MINUTE)
    await again.call_again.due()
    await again.post_office()

    assert calls(again, chat_id) == 2  # one for 5 and 15 minutes, one for 30


async def test_digest_that_has_not_arrived_is_not_called_about_and_admins_hear(flow: Flow) -> None:
    regulator, admin = await flow.recipient(), await flow.admin()
    card = await flow.flagged("FLAG THREAT besok")
    await flow.confirm(await flow.moderator("Budi"), card, HarmCode.THREAT)
    flow.clock.advance(timedelta(seconds=61))
    await flow.refer.past_undo()
    await flow.refer.at_once()
    flow.clock.advance(60 * MINUTE)

    await flow.call_again.due()
    rows = await flow.rows("SELECT chat_id, letter FROM outbox WHERE kind = 'notice'")

    called = [row.chat_id for row in rows if "urgent" in str(row.letter).lower()]
    assert regulator.telegram_id not in called
    assert called.count(admin.telegram_id) == 1


@given(st.lists(st.integers(min_value=0, max_value=40 * 60), max_size=40))
def test_however_the_clock_moves_each_call_is_made_once_and_never_early(steps: list[int]) -> None:
    """A look at arbitrary moments: the same number of calls as there should have been by then,
    one a look at most, in order, and none after the fourth.
    """
    now, made, following = NOON, 0, next_call(NOON, 0)
    for seconds in steps:
        now += timedelta(seconds=seconds)
        if following is not None and following <= now:
            before, made = made, calls_due(NOON, now)
            assert before < made <= LAST
            following = next_call(NOON, made)
        assert made == calls_due(NOON, now)
        assert following is None or following > now
        assert (following is None) == (now >= NOON + CALLS[-1])


@pytest.mark.parametrize(("calls_made", "minutes"), [(0, 5), (1, 15), (2, 30), (3, 60)])
def test_next_call(calls_made: int, minutes: int) -> None:
    assert next_call(NOON, calls_made) == NOON + minutes * MINUTE
