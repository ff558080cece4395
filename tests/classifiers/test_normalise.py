"""The normalisation undoes tricks and leaves ordinary writing alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import normalise


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("Gerakan", "gerakan"),
        ("g e r a k a n kami", "gerakan kami"),
        ("g.e.r.a.k.a.n", "gerakan"),
        ("g-e-r-a-k-a-n", "gerakan"),
        ("ge\u200br\u2060ak\u00adan", "gerakan"),
        ("g\U0001f600e\U0001f600r\U0001f600a", "gera"),
        ("ger\U0001f600ak\U0001f600an", "gerakan"),
        ("g3r4k4n", "gerakan"),
        ("geraaaaakan!!!!!", "gerakan!!"),
        ("g\u0435r\u0430k\u0430n bersama", "gerakan bersama"),
        ("ｇｅｒａｋａｎ", "gerakan"),
        ("𝓰𝓮𝓻𝓪𝓴𝓪𝓷", "gerakan"),
        ("ɢᴇʀᴀᴋᴀɴ", "gerakan"),
        ("🅶🅴🆁🅰🅺🅰🅽", "gerakan"),
        ("ġěråkän", "gerakan"),
        ("g\u0336e\u0336r\u0336a\u0336", "gera"),
        ("ger*akan", "gerakan"),
        ("كـــتاب", "كتاب"),
        ("كِتَابٌ", "كتاب"),
        ("٣ كتب", "3 كتب"),
        ("прив\u0065т", "привет"),
        ("baris\\nbaru", "baris baru"),
        ("satu\x00dua", "satudua"),
    ],
)
def test_trick_is_undone(disguised: str, plain: str) -> None:
    assert normalise(disguised) == plain


@pytest.mark.parametrize(
    "ordinary",
    [
        "anak2 bermain bola",
        "covid19 dan b2b",
        "a b c",
        "1 2 3 4 5",
        "maju!serang bola",
        "saat maaf",
        "мій дім і твій",
        "оса летела мимо",
    ],
)
def test_ordinary_writing_stays(ordinary: str) -> None:
    assert normalise(ordinary) == ordinary


def test_links_mails_and_mentions_become_one_word_each() -> None:
    text = "Lihat https://example.org/a?b=1 atau t.me/contoh, tulis @contoh_kanal, a.b@example.org"

    assert normalise(text) == "lihat url atau url tulis user , email"


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_string_gives_single_blanks_lower_case_and_no_surrogate(text: str) -> None:
    plain = normalise(text)

    assert plain == " ".join(plain.split())
    assert not any("\ud800" <= sign <= "\udfff" for sign in plain)
    plain.encode()


@pytest.mark.parametrize(
    "unit",
    ["a.", "a ", "@", "http://", "a!", "4a", "\U0001f600a", "a*", "а\u0061", "aaa", "!", "_@."],
)
def test_a_hundred_thousand_signs_take_less_than_a_second(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.process_time()

    normalise(text)

    assert time.process_time() - start < 1
