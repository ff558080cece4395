"""A choice is checked, kept, audited and answered as one; every refusal has its reason."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.case import UNDO_WINDOW, CaseState, Choice, Refusal
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import View
from bot.domain.people import Person
from bot.services.decide import Decided
from bot.storage.cards import KeptCard
from tests.factories import Flow, post

OTHER = "FLAG kedua, soal uang: kirim ke rekening kelompok"


async def reviews(flow: Flow) -> list[tuple[int, str, bool]]:
    rows = await flow.rows("SELECT person_id, choice, stands FROM reviews ORDER BY id")
    return [(row.person_id, row.choice, bool(row.stands)) for row in rows]


async def test_confirmation_is_kept_with_what_was_shown(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()

    decided = await flow.confirm(person, card)

    assert decided == Decided(CaseState.CONFIRMED, harm=HarmCode.INCITE)
    (row,) = await flow.rows("SELECT * FROM reviews")
    assert (row.card_id, row.revision_id, row.harm) == (card.id, card.revision_id, "INCITE")
    assert (row.score_shown, row.model_version) == (0.9, "scripted-1")
    kept = await flow.card(card.id)
    assert (kept.state, kept.harm, kept.purpose) == (CaseState.CONFIRMED, HarmCode.INCITE, None)
    assert kept.decided_at == flow.clock.now()


@pytest.mark.parametrize(
    ("choice", "harm", "purpose", "state"),
    [
        (Choice.CONFIRM, HarmCode.JUSTIFY, None, CaseState.KEPT),
        (Choice.CONFIRM, HarmCode.GLORIFY, None, CaseState.SECOND),
        (Choice.DISMISS, None, None, CaseState.DISMISSED),
        (Choice.DISMISS, None, PurposeCode.FAITH, CaseState.DISMISSED),
        (Choice.UNSURE, None, None, CaseState.SECOND),
        (Choice.SKIP, None, None, CaseState.WAITING),
    ],
)
async def test_every_choice_leads_to_its_state(
    flow: Flow,
    choice: Choice,
    harm: HarmCode | None,
    purpose: PurposeCode | None,
    state: CaseState,
) -> None:
    card = await flow.flagged()
    person = await flow.moderator()

    decided = await flow.choose(person, card, choice, harm, purpose)

    kept = await flow.card(card.id)
    assert (decided.state, kept.state) == (state, state)
    assert kept.purpose == (purpose if not state.is_open else None)
    assert len(await reviews(flow)) == 1


async def test_likely_purpose_asks_a_second_person(flow: Flow) -> None:
    card = await flow.flagged("FLAG serang, NEWS dari lapangan")
    first, second = await flow.moderator("Ani"), await flow.moderator("Budi")

    assert (await flow.confirm(first, card)).state is CaseState.SECOND
    assert (await flow.confirm(second, card)).state is CaseState.CONFIRMED


async def test_third_person_decides_and_dissent_is_kept(flow: Flow) -> None:
    card = await flow.flagged()
    people = [await flow.moderator(name) for name in ("Ani", "Budi", "Citra")]

    await flow.confirm(people[0], card, HarmCode.GLORIFY)
    await flow.dismiss(people[1], card, PurposeCode.NEWS)
    decided = await flow.confirm(people[2], card, HarmCode.GLORIFY)

    assert decided.state is CaseState.CONFIRMED
    assert [choice for _, choice, _ in await reviews(flow)] == ["confirm", "dismiss", "confirm"]


# --- refusals -------------------------------------------------------------------------------


async def test_second_press_shows_who_decided_first(flow: Flow) -> None:
    card = await flow.flagged()
    first, late = await flow.moderator("Ani"), await flow.moderator("Budi")
    await flow.confirm(first, card)

    answer = await flow.dismiss(late, card)

    assert answer == Decided(refusal=Refusal.ALREADY_DECIDED, by="Ani")
    assert await reviews(flow) == [(first.id, "confirm", True)]


async def test_of_two_presses_at_once_one_counts_and_the_other_learns_who(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    await flow.arrive(*(post(f"FLAG {letter * 40}") for letter in "abcdef"))
    ani = await flow.moderator("Ani")
    budi = await flow.moderator("Budi", on_duty=False)
    other = restarted()

    for card in await flow.cards():
        await _put_on_both(flow, card, ani, budi)
        answers = await asyncio.gather(flow.confirm(ani, card), other.dismiss(budi, card))

        won = [one for one in answers if one.refusal is None]
        lost = [one for one in answers if one.refusal is not None]
        assert len(won) == len(lost) == 1
        assert lost[0].refusal is Refusal.ALREADY_DECIDED
        assert lost[0].by == ("Ani" if answers[0] is won[0] else "Budi")
        assert (await flow.card(card.id)).state is won[0].state
    assert len(await reviews(flow)) == 6


async def _put_on_both(flow: Flow, card: KeptCard, *people: Person) -> None:
    """One card on two desks, as after a claim that ran out."""
    async with flow.database.work() as work:
        for person in people:
            await work.desks.change(
                person.id,
                is_on_duty=True,
                card_id=card.id,
                revision_id=card.revision_id,
                view=View.CARD,
            )
        await work.commit()


async def test_same_press_twice_at_once_counts_once(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    other = restarted()

    answers = await asyncio.gather(flow.confirm(person, card), other.confirm(person, card))

    assert sorted(one.refusal is None for one in answers) == [False, True]
    assert [one.by for one in answers] == [None, None]
    assert len(await reviews(flow)) == 1


async def test_double_press_leaves_the_undo_button(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    await flow.confirm(person, card)

    assert (await flow.confirm(person, card)).refusal is Refusal.ALREADY_DECIDED

    notice = (await flow.desk(person)).notice
    assert notice is not None
    assert notice.card_id == card.id


async def test_double_press_does_not_decide_the_next_card(flow: Flow) -> None:
    await flow.arrive(post("FLAG serang sekarang"), post(OTHER))
    first, second = await flow.cards()
    person = await flow.moderator()

    await flow.dismiss(person, first)
    await flow.dismiss(person, first)

    assert (await flow.desk(person)).card_id == second.id
    assert (await flow.card(second.id)).state is CaseState.WAITING


async def test_first_of_two_people_cannot_be_the_second(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    await flow.confirm(person, card, HarmCode.GLORIFY)
    await _put_on_both(flow, card, person)

    answer = await flow.confirm(person, card, HarmCode.GLORIFY)

    assert answer.refusal is Refusal.ALREADY_LOOKED
    assert (await flow.card(card.id)).state is CaseState.SECOND


async def test_forged_card_and_revision_are_refused(flow: Flow) -> None:
    await flow.arrive(post("FLAG serang sekarang"), post(OTHER))
    mine, foreign = await flow.cards()
    person = await flow.moderator()
    choose = flow.decide.choose

    answers = [
        await choose(person, foreign.id, foreign.revision_id, Choice.DISMISS),
        await choose(person, 10**15, mine.revision_id, Choice.DISMISS),
        await choose(person, mine.id, foreign.revision_id, Choice.DISMISS),
        await choose(person, mine.id, 0, Choice.DISMISS),
    ]

    assert [one.refusal for one in answers] == [
        Refusal.NOT_ON_YOUR_DESK,
        Refusal.NOT_ON_YOUR_DESK,
        Refusal.POST_CHANGED,
        Refusal.POST_CHANGED,
    ]
    assert await reviews(flow) == []
    assert (await flow.desk(person)).card_id == mine.id


async def test_who_is_not_on_duty_decides_nothing_and_is_dealt_nothing(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    await flow.deal.duty(person, on=False, chat_id=person.telegram_id)

    answer = await flow.confirm(person, card)

    assert answer.refusal is Refusal.NOT_ON_YOUR_DESK
    assert (await flow.desk(person)).card_id is None
    assert await reviews(flow) == []


async def test_off_duty_desk_with_a_card_left_on_it_is_dealt_nothing(flow: Flow) -> None:
    await flow.arrive(post("FLAG serang sekarang"), post(OTHER))
    card, _ = await flow.cards()
    person = await flow.moderator()
    async with flow.database.work() as work:
        await work.desks.change(person.id, is_on_duty=False)
        await work.commit()

    answer = await flow.confirm(person, card)

    assert answer.refusal is Refusal.NOT_ON_YOUR_DESK
    assert (await flow.desk(person)).card_id is None


async def test_long_text_must_be_opened_before_it_is_confirmed(flow: Flow) -> None:
    card = await flow.flagged("FLAG " + "x" * flow.rules.excerpt)
    person = await flow.moderator()

    unread = await flow.confirm(person, card)
    await flow.turn.to(person, card.id, card.revision_id, View.FULL)
    read = await flow.confirm(person, card)

    assert unread.refusal is Refusal.NOT_OPENED_IN_FULL
    assert read.state is CaseState.CONFIRMED


async def test_long_text_can_be_dismissed_unread(flow: Flow) -> None:
    card = await flow.flagged("FLAG " + "x" * 5000)

    assert (await flow.dismiss(await flow.moderator(), card)).state is CaseState.DISMISSED


async def test_press_on_words_that_were_edited_meanwhile_is_refused(flow: Flow) -> None:
    original = post("FLAG serang sekarang")
    await flow.arrive(original)
    (old,) = await flow.cards()
    person = await flow.moderator()
    await flow.edit(original, "FLAG kata baru")

    assert (await flow.confirm(person, old)).refusal is Refusal.POST_CHANGED

    (now,) = await flow.cards()
    assert (await flow.confirm(person, now)).state is CaseState.CONFIRMED


async def test_missed_press_says_why(flow: Flow) -> None:
    card = await flow.flagged()
    first, late = await flow.moderator("Ani"), await flow.moderator("Budi")

    away = await flow.decide.missed(late, card.id, card.revision_id)
    await flow.confirm(first, card)
    gone = await flow.decide.missed(late, card.id, card.revision_id)
    forged = await flow.decide.missed(late, 10**15, 1)

    assert away.refusal is Refusal.NOT_ON_YOUR_DESK
    assert gone == Decided(refusal=Refusal.ALREADY_DECIDED, by="Ani")
    assert forged.refusal is Refusal.NOT_ON_YOUR_DESK


# --- undo -----------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", [Choice.CONFIRM, Choice.DISMISS, Choice.UNSURE, Choice.SKIP])
async def test_undo_puts_the_card_back_on_the_desk(flow: Flow, choice: Choice) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    await flow.choose(person, card, choice, HarmCode.INCITE if choice is Choice.CONFIRM else None)
    flow.clock.advance(UNDO_WINDOW)

    assert (await flow.decide.undo(person, card.id)).state is CaseState.WAITING

    kept = await flow.card(card.id)
    assert (kept.state, kept.harm, kept.decided_at) == (CaseState.WAITING, None, None)
    assert (await flow.desk(person)).card_id == card.id
    assert await reviews(flow) == [(person.id, choice.value, False)]
    assert (await flow.dismiss(person, card)).state is CaseState.DISMISSED


async def test_undo_of_the_second_look_leaves_the_first(flow: Flow) -> None:
    card = await flow.flagged()
    first, second = await flow.moderator("Ani"), await flow.moderator("Budi")
    await flow.confirm(first, card, HarmCode.GLORIFY)
    await flow.confirm(second, card, HarmCode.GLORIFY)

    assert (await flow.decide.undo(first, card.id)).refusal is Refusal.NOTHING_TO_UNDO
    assert (await flow.decide.undo(second, card.id)).state is CaseState.SECOND
    assert (await flow.dismiss(second, card)).state is CaseState.THIRD


async def test_undo_after_the_window_is_refused(flow: Flow) -> None:
    card = await flow.confirmed()
    person = (await flow.part.everybody())[-1]
    flow.clock.advance(UNDO_WINDOW + timedelta(seconds=1))

    assert (await flow.decide.undo(person, card.id)).refusal is Refusal.WINDOW_OVER
    assert (await flow.card(card.id)).state is CaseState.CONFIRMED


async def test_undo_by_another_person_or_of_nothing_is_refused(flow: Flow) -> None:
    card = await flow.flagged()
    first, other = await flow.moderator("Ani"), await flow.moderator("Budi")
    nothing = await flow.decide.undo(first, card.id)
    await flow.confirm(first, card)

    foreign = await flow.decide.undo(other, card.id)
    forged = await flow.decide.undo(first, 10**15)

    assert {one.refusal for one in (nothing, foreign, forged)} == {Refusal.NOTHING_TO_UNDO}


async def test_undo_after_referral_is_refused(flow: Flow) -> None:
    await flow.recipient()
    card = await flow.referred()
    person = (await flow.part.everybody())[-1]

    assert (await flow.decide.undo(person, card.id)).refusal is Refusal.ALREADY_SENT


async def test_undo_twice_is_refused(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    await flow.confirm(person, card)
    await flow.decide.undo(person, card.id)

    assert (await flow.decide.undo(person, card.id)).refusal is Refusal.NOTHING_TO_UNDO


@pytest.mark.parametrize("choice", [Choice.CONFIRM, Choice.DISMISS])
async def test_undo_of_a_post_that_was_edited_since_is_refused(flow: Flow, choice: Choice) -> None:
    original = post("FLAG serang sekarang")
    await flow.arrive(original)
    (card,) = await flow.cards()
    person = await flow.moderator()
    await flow.choose(person, card, choice, HarmCode.INCITE if choice is Choice.CONFIRM else None)
    flow.clock.advance(-timedelta(seconds=50))
    await flow.edit(original, "FLAG kata baru")
    assert len(await flow.cards()) == 2

    assert (await flow.decide.undo(person, card.id)).refusal is Refusal.POST_CHANGED


async def test_undo_off_duty_frees_the_card_for_others(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator("Ani")
    await flow.confirm(person, card)
    await flow.deal.duty(person, on=False, chat_id=person.telegram_id)
    other = await flow.moderator("Budi")

    assert (await flow.decide.undo(person, card.id)).state is CaseState.WAITING

    assert (await flow.desk(person)).card_id is None
    assert (await flow.desk(other)).card_id == card.id


async def test_undo_and_referral_at_once_never_both_happen(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    await flow.recipient()
    card = await flow.flagged()
    person = await flow.moderator()
    await flow.confirm(person, card)
    flow.clock.advance(UNDO_WINDOW)
    other = restarted()

    undone, referred = await asyncio.gather(
        flow.decide.undo(person, card.id), other.refer.past_undo()
    )

    assert (undone.refusal is None) != bool(referred)


async def test_everything_is_audited_and_the_chain_holds(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    await flow.confirm(person, card)
    await flow.decide.undo(person, card.id)
    await flow.dismiss(person, card, PurposeCode.ART)

    assert [e for e in await flow.audited() if "review" in e] == [
        "reviewed",
        "review undone",
        "reviewed",
    ]
    dump = str(await flow.rows("SELECT subject, details FROM audit"))
    assert "serang" not in dump
    assert "Sari" not in dump


async def test_undo_that_comes_too_late_becomes_a_button_to_withdraw(flow: Flow) -> None:
    await flow.recipient()
    card, budi = await flow.flagged(), await flow.moderator("Budi")
    await flow.confirm(budi, card)
    await flow.post_office()
    flow.clock.advance(timedelta(seconds=61))
    await flow.refer.past_undo()

    late = await flow.decide.undo(budi, card.id)
    await flow.post_office()

    assert late.refusal is Refusal.ALREADY_SENT
    labels = [button.label for row in flow.courier.edited[-1][2].buttons for button in row]
    assert "Withdraw…" in labels
    assert not [label for label in labels if label.startswith("Undo")]
