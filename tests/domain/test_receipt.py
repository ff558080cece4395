"""Written answers, and what buttons send back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.receipt import (
    AnswerPress,
    DigestPress,
    DisputePress,
    DisputeState,
    ReplyCode,
    Written,
    named_code,
    read_answers,
    unpack_answer,
    unpack_digest,
    unpack_dispute,
)

ACTIONED = ReplyCode.ACTIONED


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3 7 9 actioned", [Written(ACTIONED, (3, 7, 9))]),
        ("3, 7 dan 9 ditindak", [Written(ACTIONED, (3, 7, 9))]),
        ("3-5 sudah ditindak.", [Written(ACTIONED, (3, 4, 5))]),
        ("#45: not violating", [Written(ReplyCode.NOT_VIOLATING, (), (45,))]),
        ("1 #45 Tidak Melanggar", [Written(ReplyCode.NOT_VIOLATING, (1,), (45,))]),
        ("all already gone", [Written(ReplyCode.ALREADY_GONE, is_all=True)]),
        ("semua duplikat", [Written(ReplyCode.DUPLICATE, is_all=True)]),
        (
            "1 actioned\n2 perlu keterangan\n\n",
            [Written(ACTIONED, (1,)), Written(ReplyCode.NEED_INFO, (2,))],
        ),
        ("3 3 3 bad url", [Written(ReplyCode.BAD_URL, (3,))]),
    ],
)
def test_answers_are_read_in_both_languages(text: str, wanted: list[Written]) -> None:
    assert read_answers(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "",
        "3 7 9",
        "actioned",
        "12 monkeys",
        "7-3 actioned",
        "1-99999 actioned",
        "123456789012 actioned",
    ],
)
def test_what_is_no_answer_is_left_to_others(text: str) -> None:
    assert read_answers(text) is None


def test_bad_line_beside_a_good_one_is_named() -> None:
    with pytest.raises(ValueError, match="5 whatever"):
        read_answers("3 actioned\n5 whatever")


@pytest.mark.parametrize("code", ReplyCode)
def test_every_code_can_be_written_by_its_name(code: ReplyCode) -> None:
    assert named_code(code.value) is code
    assert named_code(code.value.replace("_", " ").upper()) is code


@given(st.text(max_size=200))
def test_any_text_is_answers_or_none_or_a_named_line(text: str) -> None:
    with suppress(ValueError):
        read = read_answers(text)
        assert read is None or all(one.places or one.numbers or one.is_all for one in read)


PRESSES = [
    AnswerPress(12),
    AnswerPress(12, 3),
    AnswerPress(12, 3, 45),
    AnswerPress(12, 3, 45, ReplyCode.NOT_VIOLATING),
]


@pytest.mark.parametrize("press", PRESSES)
def test_answer_presses_come_back_as_they_were_packed(press: AnswerPress) -> None:
    assert unpack_answer(press.pack()) == press
    assert len(AnswerPress(10**12, 9999, 10**12, ReplyCode.NOT_VIOLATING).pack()) <= 64


def test_other_presses_come_back_too() -> None:
    assert unpack_digest(DigestPress(7, is_received=True).pack()) == DigestPress(7, True)
    assert unpack_digest(DigestPress(7, is_received=False).pack()) == DigestPress(7, False)
    dispute = DisputePress(9, DisputeState.KEPT)
    assert unpack_dispute(dispute.pack()) == dispute


@given(st.text(max_size=70))
def test_forged_presses_are_none_or_ours(data: str) -> None:
    for unpack in (unpack_answer, unpack_digest, unpack_dispute):
        press = unpack(data)
        assert press is None or press.pack() == data


@pytest.mark.parametrize(
    "data", ["answer:1:2::actioned", "answer:1:2:3:nonsense", "dispute:1:open"]
)
def test_codes_without_an_item_and_unknown_ones_are_refused(data: str) -> None:
    assert unpack_answer(data) is None
    assert unpack_dispute(data) is None
