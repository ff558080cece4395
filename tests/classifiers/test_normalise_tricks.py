"""Tricks that show in the whole text: where they are beyond doubt, the short words follow."""

import time

import pytest

from classifiers import normalise


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("d a t a n g, a y o", "datang, ayo"),
        ("d . a . t . a . n . g", "datang"),
        ("d.a\U0001f525.t.a.n.g", "datang"),
        ("d a t\U0001f525 a n g", "datang"),
        ("d \u200b a \u200b t \u200b a \u200b n \u200b g", "datang"),
        ("d.4.t.4.n.g", "datang"),
        ("d aaaa t a n g", "datang"),
        ("m4ti 5aya m1lik 4pi", "mati saya milik api"),
        ("пр0тив 8раг0в т4чка", "против врагов тччка"),
        ("Dата βегsама яuмаh di sіиі", "data bersama rumah di sini"),
        ("\ua4d6\ua4ee\ua4e3ak gerakan bersama", "garak gerakan bersama"),
    ],
)
def test_trick_is_undone_all_over_the_text(disguised: str, plain: str) -> None:
    assert normalise(disguised) == plain


@pytest.mark.parametrize(
    "ordinary",
    [
        "p b b dan a b c",
        "anak2nya 5km covid19 anak2",
        "harga 40rb atau 9rb",
        "1.2.2019 jam 10.30",
        "програма youtube та telegram",
        "موقع telegram الرسمي",
        "kpd yth. bpk. h. ali",
    ],
)
def test_ordinary_writing_stays_as_it_is(ordinary: str) -> None:
    assert normalise(ordinary) == ordinary


@pytest.mark.parametrize(
    "unit",
    ["a . ", "a.\U0001f600", "a \U0001f600 ", "4\U0001f600", "a4 ", "a44444", "!a", "aд ", "+a "],
)
def test_hostile_input_takes_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.perf_counter()

    normalise(text)

    assert time.perf_counter() - start < 1.5
