"""Pages of a long text, and what counts as read."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import PAGE, Desk, Notice, View, has_seen_all, pages_of
from tests.factories import NOON

DESK = Desk(1, True, 5, 1, 1, View.CARD)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(st.sampled_from("aé\n😀👩‍👩‍👧\u202e𝕬"), max_size=6000))
def test_pages_hold_every_character_and_fit(text: str) -> None:
    pages = pages_of(text)

    assert "".join(pages) == text
    assert all(units(page) <= PAGE for page in pages)
    assert all(pages) or pages == [""]


def test_pages_are_filled_to_the_brim() -> None:
    assert [len(page) for page in pages_of("x" * (2 * PAGE))] == [PAGE, PAGE]
    assert [len(page) for page in pages_of("x" * (PAGE + 1))] == [PAGE, 1]


def test_a_character_of_two_units_is_not_torn() -> None:
    first, second = pages_of("x" * (PAGE - 1) + "😀")

    assert (units(first), second) == (PAGE - 1, "😀")


def test_empty_text_is_one_empty_page() -> None:
    assert pages_of("") == [""]


def test_short_text_is_read_at_once() -> None:
    assert has_seen_all(DESK, "x" * 900, 900)


def test_long_text_is_read_with_its_last_page() -> None:
    text = "x" * (2 * PAGE + 1)

    assert not has_seen_all(DESK, "x" * (900 + 1), 900)
    assert not has_seen_all(replace(DESK, pages_seen=2), text, 900)
    assert has_seen_all(replace(DESK, pages_seen=3), text, 900)


def test_notice_comes_back_whole() -> None:
    for notice in (
        Notice(Choice.CONFIRM, 3, CaseState.CONFIRMED, NOON, harm=HarmCode.THREAT),
        Notice(Choice.DISMISS, 3, CaseState.DISMISSED, NOON, purpose=PurposeCode.NEWS),
        Notice(Choice.SKIP, 3, CaseState.WAITING, NOON),
        Notice(None, 3, CaseState.CONFIRMED, NOON),
    ):
        assert Notice.from_json(notice.as_json()) == notice
