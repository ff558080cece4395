"""Rests, practice, haste, presses that come too soon, and messages that shrink."""

from datetime import timedelta

import pytest

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode
from bot.domain.desk import DeskRules
from bot.domain.people import Person, Role
from bot.domain.practice import Exercise
from bot.services.deal import Duty
from bot.services.practise import Practise
from bot.services.reflect import Reflect
from bot.sources.practice import practice_samples
from bot.storage.database import Database
from tests.factories import JAKARTA, Flow, FrozenClock, post


def with_rules(database: Database, clock: FrozenClock, **set_to: object) -> Flow:
    rules = {"timezone": JAKARTA, "practice": 0} | set_to
    return Flow(database, clock, DeskRules(**rules))  # type: ignore[arg-type]


async def many(flow: Flow, count: int) -> None:
    """Flagged posts that have nothing in common."""
    await flow.arrive(
        *(
            post(f"FLAG {chr(97 + n % 26) * 9} {chr(98 + n % 25) * 30} {n * n}")
            for n in range(count)
        )
    )


async def look(flow: Flow, person: Person, choice: Choice = Choice.DISMISS) -> CaseState | None:
    """The person decides what lies on their desk."""
    desk = await flow.desk(person)
    assert desk.card_id is not None
    harm = HarmCode.INCITE if choice is Choice.CONFIRM else None
    return (await flow.choose(person, await flow.card(desk.card_id), choice, harm)).state


# --- rests ----------------------------------------------------------------------------------


async def test_desk_rests_after_a_stretch_and_goes_on_by_itself(
    database: Database, clock: FrozenClock
) -> None:
    flow = with_rules(database, clock, stretch=2, rest=timedelta(minutes=15))
    await many(flow, 4)
    person = await flow.moderator()
    await look(flow, person)
    await look(flow, person, Choice.SKIP)
    await flow.post_office()

    resting = flow.courier.sent[-1][2].html
    assert (await flow.desk(person)).card_id is None
    assert "take a break" in resting
    await flow.deal.duty(person, on=False, chat_id=person.telegram_id)
    await flow.deal.duty(person, on=True, chat_id=person.telegram_id)
    assert (await flow.desk(person)).card_id is None, "leaving and coming back is no rest"

    clock.advance(timedelta(minutes=15))
    await flow.deal.wake_desks()
    assert (await flow.desk(person)).card_id is not None


async def test_rest_that_ends_without_work_says_that_the_desk_is_empty(
    database: Database, clock: FrozenClock
) -> None:
    flow = with_rules(database, clock, stretch=1, rest=timedelta(minutes=15))
    await many(flow, 1)
    person = await flow.moderator()
    await look(flow, person)
    await flow.post_office()
    clock.advance(timedelta(minutes=15))

    await flow.deal.wake_desks()
    await flow.post_office()

    assert "Your desk is empty" in flow.courier.edited[-1][2].html


# --- practice -------------------------------------------------------------------------------


async def played(practise: Practise, person: Person, *, wrong_first: bool = False) -> Exercise:
    stand = await practise.stand(person)
    while stand.sample is not None:
        says = stand.sample.is_propaganda is not wrong_first
        wrong_first = False
        stand = (await practise.answer(person, stand.sample.id, is_propaganda=says)).exercise
    return stand


async def test_first_real_card_comes_after_practice(database: Database, clock: FrozenClock) -> None:
    flow = with_rules(database, clock, practice=20)
    practise = Practise(database, clock, flow.deal, practice_samples())
    await many(flow, 1)
    person = await flow.person(Role.MODERATOR)

    before = await flow.deal.duty(person, on=True, chat_id=person.telegram_id)
    stand = await played(practise, person, wrong_first=True)
    after = await flow.deal.duty(person, on=True, chat_id=person.telegram_id)

    assert (before, after) == (Duty.PRACTICE_FIRST, Duty.STARTED)
    assert (stand.passed, stand.wanted) == (20, 20)
    assert (await flow.desk(person)).card_id is not None
    assert not await flow.rows("SELECT * FROM reviews")
    assert len(await flow.rows("SELECT * FROM practice_answers")) == 21


async def test_propaganda_of_two_languages_is_no_practice(
    database: Database, clock: FrozenClock
) -> None:
    flow = with_rules(database, clock, practice=20)
    practise = Practise(database, clock, flow.deal, practice_samples())
    person = await flow.person(Role.MODERATOR)
    bad = [sample.id for sample in practice_samples() if sample.is_propaganda]

    for sample in bad:
        await practise.answer(person, sample, is_propaganda=True)

    assert len(bad) > 20
    assert await flow.deal.duty(person, on=True, chat_id=person.telegram_id) is Duty.PRACTICE_FIRST


async def test_who_decided_real_cards_need_not_practise(
    database: Database, clock: FrozenClock
) -> None:
    before = with_rules(database, clock)
    await many(before, 2)
    person = await before.moderator()
    await look(before, person)
    flow = with_rules(database, clock, practice=20)

    assert await flow.deal.duty(person, on=True, chat_id=person.telegram_id) is Duty.STARTED


# --- haste ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("confirmed", "pause", "state"),
    [
        (20, timedelta(seconds=20), CaseState.SECOND),  # the 21st within ten minutes
        (20, timedelta(seconds=31), CaseState.CONFIRMED),
        (10, timedelta(seconds=4), CaseState.SECOND),  # typically under five seconds
        (10, timedelta(seconds=6), CaseState.CONFIRMED),
        (9, timedelta(seconds=1), CaseState.CONFIRMED),  # too few to say what is typical
    ],
)
async def test_row_d_haste_asks_for_a_second_person(
    flow: Flow, confirmed: int, pause: timedelta, state: CaseState
) -> None:
    await many(flow, confirmed + 1)
    person = await flow.moderator()
    for _ in range(confirmed):
        flow.clock.advance(pause)
        assert await look(flow, person, Choice.CONFIRM) is CaseState.CONFIRMED

    flow.clock.advance(pause)

    assert await look(flow, person, Choice.CONFIRM) is state


async def test_code_that_is_set_to_need_two_does(database: Database, clock: FrozenClock) -> None:
    flow = with_rules(database, clock, two_people_for=frozenset({HarmCode.INCITE}))
    await many(flow, 1)
    person = await flow.moderator()

    assert await look(flow, person, Choice.CONFIRM) is CaseState.SECOND


# --- presses and messages -------------------------------------------------------------------


async def test_press_within_a_second_of_a_redraw_counts_for_nothing(flow: Flow) -> None:
    person = await flow.moderator()
    await flow.post_office()
    message_id = (await flow.desk(person)).message_id
    assert message_id is not None

    assert not await flow.deal.adopt(person, message_id)
    flow.clock.advance(timedelta(seconds=1))
    assert await flow.deal.adopt(person, message_id)
    async with flow.database.work() as work:
        await flow.deal.owe(work, person.id)
        await work.commit()
    await flow.post_office()
    assert not await flow.deal.adopt(person, message_id), "an edit is a redraw too"


async def test_desk_message_that_is_left_shrinks_to_a_line(flow: Flow) -> None:
    await flow.flagged("FLAG rahasia sekali")
    person = await flow.moderator()
    await flow.post_office()
    first = (await flow.desk(person)).message_id

    await flow.deal.bring(person, person.telegram_id)
    await flow.post_office()

    ((_, message_id, letter),) = flow.courier.edited
    assert message_id == first != (await flow.desk(person)).message_id
    assert "rahasia" not in letter.html
    assert letter.buttons == ()


async def test_orphan_that_is_pressed_is_the_desk_and_its_double_shrinks(flow: Flow) -> None:
    await flow.flagged()
    person = await flow.moderator()
    await flow.post_office()
    known = (await flow.desk(person)).message_id

    assert await flow.deal.adopt(person, 77)
    await flow.post_office()

    assert (await flow.desk(person)).message_id == 77
    assert [message for _, message, _ in flow.courier.edited] == [known]


async def test_message_that_became_the_desk_again_does_not_shrink(flow: Flow) -> None:
    await flow.flagged()
    person = await flow.moderator()
    await flow.post_office()
    first = (await flow.desk(person)).message_id
    assert first is not None
    await flow.deal.bring(person, person.telegram_id)

    assert await flow.deal.adopt(person, first)
    await flow.post_office()

    assert (await flow.desk(person)).message_id == first
    assert all(
        "further down" not in letter.html for _, m, letter in flow.courier.edited if m == first
    )


async def test_card_that_somebody_else_decided_leaves_the_other_desk(flow: Flow) -> None:
    card = await flow.flagged("FLAG rahasia sekali")
    slow, quick = await flow.moderator("Ani"), await flow.moderator("Budi")
    flow.clock.advance(timedelta(minutes=10))
    await flow.deal.wake_desks()
    await flow.post_office()

    await flow.dismiss(quick, card)
    await flow.post_office()

    shown = [letter for chat, _, letter in flow.courier.edited if chat == slow.telegram_id][-1]
    assert "Somebody else decided" in shown.html
    assert "rahasia" not in shown.html
    assert (await flow.desk(slow)).card_id is None


# --- own figures ----------------------------------------------------------------------------


async def test_own_figures_are_ones_own(flow: Flow) -> None:
    await many(flow, 3)
    ani, budi = await flow.moderator("Ani"), await flow.moderator("Budi")
    flow.clock.advance(timedelta(seconds=8))
    await look(flow, ani, Choice.UNSURE)
    await look(flow, budi, Choice.DISMISS)
    await look(flow, budi, Choice.SKIP)

    mine = await Reflect(flow.database, flow.clock, flow.deal).on(ani)

    assert (mine.today, mine.counts[Choice.UNSURE], mine.counts[Choice.DISMISS]) == (1, 1, 0)
    assert mine.median == timedelta(seconds=8)
    assert mine.until_rest == flow.rules.stretch - 1
