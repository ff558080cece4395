"""The case table, row by row; the letters are those of docs/flow.md."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.case import (
    UNDO_WINDOW,
    Card,
    CaseState,
    Choice,
    EditEffect,
    Look,
    Refusal,
    after_edit,
    look_at,
    undo,
    wants_second,
    window_passed,
)
from bot.domain.codes import FORWARDABLE, HarmCode, PurposeCode

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
P, Q, R, S = 1, 2, 3, 4


def confirm(by: int, harm: HarmCode = HarmCode.INCITE, **more: object) -> Look:
    return Look(by, Choice.CONFIRM, NOON, harm=harm, **more)  # type: ignore[arg-type]


def dismiss(by: int, purpose: PurposeCode | None = None) -> Look:
    return Look(by, Choice.DISMISS, NOON, purpose=purpose)


def unsure(by: int) -> Look:
    return Look(by, Choice.UNSURE, NOON)


def skip(by: int) -> Look:
    return Look(by, Choice.SKIP, NOON)


def card_after(*looks: Look) -> Card:
    card = Card()
    for look in looks:
        after = look_at(card, look)
        assert isinstance(after, Card), after
        card = after
    return card


def state_of(*looks: Look) -> CaseState:
    return card_after(*looks).state


SECOND = (confirm(P, HarmCode.GLORIFY, wants_second=True),)


def test_row_a_new_card_waits() -> None:
    assert Card().state is CaseState.WAITING
    assert Card().state.is_open


def test_row_b_flagged_edit_of_an_open_card_keeps_one_card_waiting() -> None:
    assert after_edit(CaseState.WAITING, is_flagged=True) is EditEffect.REPLACES


@pytest.mark.parametrize("harm", sorted(FORWARDABLE - {HarmCode.GLORIFY}))
def test_row_c_one_confirmation_is_enough(harm: HarmCode) -> None:
    assert state_of(confirm(P, harm)) is CaseState.CONFIRMED


def test_row_c_justify_is_kept_and_never_confirmed() -> None:
    assert state_of(confirm(P, HarmCode.JUSTIFY)) is CaseState.KEPT


def test_row_c_unread_text_cannot_be_confirmed() -> None:
    assert look_at(Card(), confirm(P, saw_all=False)) is Refusal.NOT_OPENED_IN_FULL


@pytest.mark.parametrize("purpose", [None, *PurposeCode])
def test_row_c_a_confirmation_takes_no_purpose_code(purpose: PurposeCode | None) -> None:
    if purpose is None:
        assert state_of(confirm(P)) is CaseState.CONFIRMED
        return
    with pytest.raises(ValueError, match="purpose code"):
        look_at(Card(), confirm(P, purpose=purpose))


def test_row_d_glorify_waits_for_a_second_person() -> None:
    assert wants_second(HarmCode.GLORIFY, likely_purpose=False)
    assert state_of(*SECOND) is CaseState.SECOND


def test_row_d_likely_purpose_waits_for_a_second_person() -> None:
    assert wants_second(HarmCode.THREAT, likely_purpose=True)


def test_row_d_no_other_code_needs_two() -> None:
    needing = {harm for harm in HarmCode if wants_second(harm, likely_purpose=False)}

    assert needing == {HarmCode.GLORIFY}


def test_row_e_unsure_waits_for_a_second_person() -> None:
    assert state_of(unsure(P)) is CaseState.SECOND


@pytest.mark.parametrize("purpose", [None, *PurposeCode])
def test_row_f_one_dismissal_is_enough(purpose: PurposeCode | None) -> None:
    assert state_of(dismiss(P, purpose)) is CaseState.DISMISSED


def test_row_g_skip_leaves_the_card_waiting() -> None:
    assert state_of(skip(P)) is CaseState.WAITING
    assert state_of(skip(P), skip(Q), confirm(R)) is CaseState.CONFIRMED


def test_row_g_who_skipped_cannot_come_back_to_it() -> None:
    assert look_at(card_after(skip(P)), confirm(P)) is Refusal.ALREADY_LOOKED


def test_row_h_same_confirmation_closes() -> None:
    assert state_of(*SECOND, confirm(Q, HarmCode.GLORIFY)) is CaseState.CONFIRMED


def test_row_h_needs_another_person() -> None:
    assert look_at(card_after(*SECOND), confirm(P)) is Refusal.ALREADY_LOOKED
    assert look_at(card_after(unsure(P)), dismiss(P)) is Refusal.ALREADY_LOOKED


def test_row_h_second_person_may_make_it_justify_and_then_it_is_kept() -> None:
    assert state_of(*SECOND, confirm(Q, HarmCode.JUSTIFY)) is CaseState.KEPT


def test_row_i_another_decision_asks_a_third() -> None:
    assert state_of(*SECOND, dismiss(Q)) is CaseState.THIRD
    assert state_of(unsure(P), confirm(Q)) is CaseState.THIRD
    assert state_of(unsure(P), dismiss(Q)) is CaseState.THIRD


def test_row_i_two_who_are_unsure_agree_on_nothing() -> None:
    assert state_of(unsure(P), unsure(Q)) is CaseState.THIRD
    assert state_of(*SECOND, unsure(Q)) is CaseState.THIRD


def test_row_j_the_third_decides_either_way_and_dissent_stays() -> None:
    for_ = card_after(*SECOND, dismiss(Q, PurposeCode.NEWS), confirm(R))
    against = card_after(*SECOND, dismiss(Q), dismiss(R))

    assert (for_.state, against.state) == (CaseState.CONFIRMED, CaseState.DISMISSED)
    assert for_.looks[1].purpose is PurposeCode.NEWS


def test_row_j_needs_somebody_who_is_neither() -> None:
    third = card_after(*SECOND, dismiss(Q))

    assert look_at(third, confirm(P)) is Refusal.ALREADY_LOOKED
    assert look_at(third, confirm(Q)) is Refusal.ALREADY_LOOKED


def test_row_j_an_unsure_third_leaves_it_to_a_fourth() -> None:
    assert state_of(*SECOND, dismiss(Q), unsure(R)) is CaseState.THIRD
    assert state_of(*SECOND, dismiss(Q), unsure(R), dismiss(S)) is CaseState.DISMISSED


@pytest.mark.parametrize("look", [confirm(P), confirm(P, HarmCode.JUSTIFY), dismiss(P)])
def test_nothing_is_added_to_a_decided_card(look: Look) -> None:
    decided = card_after(look)

    assert look_at(decided, confirm(Q)) is Refusal.ALREADY_DECIDED
    assert look_at(decided, skip(P)) is Refusal.ALREADY_DECIDED


@pytest.mark.parametrize(
    ("looks", "before"),
    [
        ((confirm(P),), CaseState.WAITING),
        ((dismiss(P),), CaseState.WAITING),
        ((confirm(P, HarmCode.JUSTIFY),), CaseState.WAITING),
        ((*SECOND, confirm(P + 1)), CaseState.SECOND),
        ((*SECOND, dismiss(Q), confirm(R)), CaseState.THIRD),
    ],
)
def test_row_k_undo_goes_back_one_look(looks: tuple[Look, ...], before: CaseState) -> None:
    after = undo(card_after(*looks), looks[-1].by, NOON + UNDO_WINDOW)

    assert isinstance(after, Card)
    assert after.state is before
    assert after.looks == looks[:-1]


def test_row_k_undo_ends_with_the_window() -> None:
    too_late = NOON + UNDO_WINDOW + timedelta(microseconds=1)

    assert undo(card_after(confirm(P)), P, too_late) is Refusal.WINDOW_OVER


def test_row_k_only_the_last_decider_undoes() -> None:
    card = card_after(*SECOND, confirm(Q))

    assert undo(card, P, NOON) is Refusal.NOTHING_TO_UNDO
    assert undo(card, R, NOON) is Refusal.NOTHING_TO_UNDO
    assert undo(Card(), P, NOON) is Refusal.NOTHING_TO_UNDO


def test_row_k_nothing_is_undone_after_referral() -> None:
    referred = Card(card_after(confirm(P)).looks, is_referred=True)

    assert undo(referred, P, NOON) is Refusal.ALREADY_SENT


def test_row_l_confirmed_is_referred_when_the_window_has_passed() -> None:
    card = card_after(confirm(P))

    referred = window_passed(card, NOON + UNDO_WINDOW + timedelta(microseconds=1))

    assert window_passed(card, NOON + UNDO_WINDOW) is None
    assert referred is not None
    assert referred.state is CaseState.REFERRED
    assert not referred.state.is_open


def test_row_l_undo_and_referral_never_overlap() -> None:
    card = card_after(confirm(P))

    for microseconds in range(-2, 3):
        now = NOON + UNDO_WINDOW + timedelta(microseconds=microseconds)
        assert isinstance(undo(card, P, now), Card) == (window_passed(card, now) is None)


@pytest.mark.parametrize(
    "looks", [(), (dismiss(P),), (confirm(P, HarmCode.JUSTIFY),), SECOND, (unsure(P),)]
)
def test_row_l_nothing_else_is_ever_referred(looks: tuple[Look, ...]) -> None:
    assert window_passed(card_after(*looks), NOON + timedelta(days=9)) is None


@pytest.mark.parametrize("state", [CaseState.CONFIRMED, CaseState.REFERRED])
def test_row_o_unsent_edit_goes_back_to_a_person_whatever_the_score(state: CaseState) -> None:
    assert after_edit(state, is_flagged=False, is_unsent=True) is EditEffect.NEW_CARD
    assert after_edit(state, is_flagged=True, is_unsent=True) is EditEffect.NEW_CARD


@pytest.mark.parametrize("state", [s for s in CaseState if not s.is_open])
def test_row_o_flagged_edit_of_a_closed_card_waits_on_its_own(state: CaseState) -> None:
    assert after_edit(state, is_flagged=True) is EditEffect.NEW_CARD
    assert after_edit(state, is_flagged=False) is EditEffect.NOTHING


def test_edit_of_a_post_that_nobody_looked_at_is_a_card_only_if_flagged() -> None:
    assert after_edit(None, is_flagged=True) is EditEffect.NEW_CARD
    assert after_edit(None, is_flagged=False) is EditEffect.NOTHING


@pytest.mark.parametrize("state", [s for s in CaseState if s.is_open])
@pytest.mark.parametrize("is_flagged", [True, False])
def test_row_q_open_card_shows_the_new_words(state: CaseState, is_flagged: bool) -> None:
    assert after_edit(state, is_flagged=is_flagged) is EditEffect.REPLACES


def test_looks_that_no_keyboard_offers_are_errors() -> None:
    for odd in (
        Look(P, Choice.CONFIRM, NOON),
        Look(P, Choice.SKIP, NOON, harm=HarmCode.THREAT),
        Look(P, Choice.DISMISS, NOON, harm=HarmCode.THREAT),
        Look(P, Choice.UNSURE, NOON, purpose=PurposeCode.NEWS),
    ):
        with pytest.raises(ValueError):
            look_at(Card(), odd)
