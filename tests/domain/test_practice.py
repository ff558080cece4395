"""Practice: half of the samples are benign, wrong answers come again, and it ends."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.practice import Played, exercise, unpack_practice
from bot.sources.practice import practice_samples
from bot.texts import LANGUAGES

WANTED = 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_samples_ship_in_every_language_half_of_them_benign(language: str) -> None:
    mine = [sample for sample in practice_samples() if sample.language == language]

    kinds = Counter(sample.is_propaganda for sample in mine)
    assert kinds[True] >= WANTED // 2
    assert kinds[False] >= WANTED // 2
    assert len({sample.id for sample in practice_samples()}) == len(practice_samples())
    assert all(sample.why.endswith(".") and len(sample.text) < 400 for sample in mine)
    assert all((sample.harm is None) != (sample.purpose is None) for sample in mine)


@given(st.integers(1, 10**9), st.lists(st.booleans(), max_size=40))
def test_it_ends_when_twenty_were_answered_rightly(person_id: int, luck: list[bool]) -> None:
    samples = [sample for sample in practice_samples() if sample.language == "en"]
    played, seen = list[Played](), Counter[bool]()

    answers = iter([*luck, *[True] * WANTED])
    while not (stand := exercise(samples, played, person_id, WANTED)).is_done:
        assert stand.sample is not None
        is_right = next(answers)
        played.append(Played(stand.sample.id, is_right))
        seen[stand.sample.is_propaganda] += is_right

    assert (stand.passed, stand.wanted) == (WANTED, WANTED)
    assert seen == {True: 10, False: 10}


def test_wrong_answer_comes_again_after_the_others() -> None:
    samples = [sample for sample in practice_samples() if sample.language == "id"]
    first = exercise(samples, [], 7, WANTED).sample
    assert first is not None

    second = exercise(samples, [Played(first.id, False)], 7, WANTED).sample

    assert second is not None
    assert second.id != first.id


@pytest.mark.parametrize(
    "data", ["play:", "play:x", "play:en-01:maybe", "play:EN:yes", "h:1:1:NEWS"]
)
def test_other_buttons_are_none_of_its_own(data: str) -> None:
    assert unpack_practice(data) is None
