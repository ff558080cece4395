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
    start = time.process_time()  # of this process alone: others on the machine do not count

    normalise(text)

    assert time.process_time() - start < 1.5


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("j@@@@ngan p3rc4ya k@b@r b0h0ng", "jangan percaya kabar bohong"),
        ("k4m! m€nun6gu d! s!n! s3mu4", "kami menunggu di sini semua"),
        ("w1ll, 11m4 bu4h b3ras, m3nu11s sur4t", "will, lima buah beras, menulis surat"),
        ("чи7эя τ3яτσ9 п!κ 57σя1эs чgαiи", None),
    ],
)
def test_two_tricks_at_once_are_undone(disguised: str, plain: str | None) -> None:
    found = normalise(disguised)

    if plain is None:  # which letters were meant is a guess; that they were Latin is not
        assert found.isascii()
    else:
        assert found == plain


def test_full_stops_of_a_plain_text_keep_their_bangs() -> None:
    assert normalise("Maju! Serang! Sekarang juga!") == "maju! serang! sekarang juga!"
    assert normalise("harga $$$ dan c++") == "harga $$ dan c++"
