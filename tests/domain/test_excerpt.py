"""What a card shows of a post, and what it says of the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.excerpt import Excerpt, Mark, differing, excerpt_of

LONG = (
    "Baris pertama.\n" + "kata biasa saja. " * 60 + "Ayo serang sekarang juga di sana. "
    "" + "kata lagi saja. " * 90 + "\nIkuti kanal kami"
)
texts = st.text(st.sampled_from("ab c.\n!😀é\u202e"), max_size=900)


def shown(excerpt: Excerpt, *marks: Mark) -> str:
    return "".join(piece.text for piece in excerpt.pieces if piece.mark in marks)


def test_short_text_is_shown_whole_with_its_decisive_words_marked() -> None:
    excerpt = excerpt_of("Ayo Serang, sekarang!", ["serang sekarang", "ayo"], 900)

    assert shown(excerpt, Mark.PLAIN, Mark.DECISIVE) == "Ayo Serang, sekarang!"
    assert [p.text for p in excerpt.pieces if p.mark is Mark.DECISIVE] == [
        "Ayo",
        "Serang, sekarang",
    ]
    assert excerpt.hidden == 0


def test_long_text_begins_decides_and_ends() -> None:
    excerpt = excerpt_of(LONG, ["serang sekarang"], 300)

    seen = shown(excerpt, Mark.PLAIN, Mark.DECISIVE)
    assert seen.startswith("Baris pertama.")
    assert "Ayo serang sekarang juga di sana." in seen
    assert seen.endswith("Ikuti kanal kami")
    assert len(seen) == 300
    assert excerpt.hidden == len(LONG) - 300


def test_what_is_cut_ends_with_a_whole_word() -> None:
    text = "kalimat panjang yang berjalan terus " * 40

    first = excerpt_of(text.strip(), [], 200).pieces[0].text

    assert first.split()[-1] in text.split()


@pytest.mark.parametrize("length", [301, 305, 374, 376, 451, 600, 4096])
def test_text_a_little_too_long_is_cut_all_the_same(length: int) -> None:
    assert excerpt_of("x" * length, [], 300).hidden == length - 300


@given(texts, st.lists(st.sampled_from(["a", "b c", "ab", ""]), max_size=4), st.integers(40, 300))
def test_what_is_shown_and_what_is_hidden_make_the_text(
    text: str, reasons: list[str], most: int
) -> None:
    excerpt = excerpt_of(text, reasons, most)

    rest = text
    for piece in excerpt.pieces:
        if piece.mark is Mark.LEFT_OUT:
            rest = rest[piece.hidden :]
        else:
            assert rest.startswith(piece.text)
            rest = rest[len(piece.text) :]
    assert rest == ""
    assert len(text) - excerpt.hidden <= max(most, 0) or len(text) <= most


@pytest.mark.parametrize(
    ("old", "new", "fresh", "gone"),
    [
        ("datang malam ini", "datang besok pagi", "besok pagi", "malam ini"),
        ("datang malam ini", "Hoaks: datang malam ini", "Hoaks:", ""),
        ("datang malam ini", "datang malam", "", "ini"),
        ("sama saja", "sama saja", "", ""),
        ("", "baru semua", "baru semua", ""),
    ],
)
def test_differing_words_are_marked(old: str, new: str, fresh: str, gone: str) -> None:
    excerpt = differing(old, new, 900)

    assert shown(excerpt, Mark.NEW) == fresh
    assert shown(excerpt, Mark.GONE) == gone
    assert shown(excerpt, Mark.PLAIN, Mark.NEW) == new


@given(texts, texts, st.integers(40, 300))
def test_difference_hides_nothing_without_saying_so(old: str, new: str, most: int) -> None:
    excerpt = differing(old, new, most)

    kept = shown(excerpt, Mark.PLAIN, Mark.NEW)
    assert len(kept) + excerpt.hidden == len(new)
    assert len(kept) <= max(most, len(new) if len(new) <= most else most)
    assert len(shown(excerpt, Mark.GONE)) <= 8 * 40


def test_change_far_inside_a_long_text_is_shown() -> None:
    excerpt = differing(
        "kata " * 300 + "ini", "kata " * 150 + "HOAKS " + "kata " * 150 + "ini", 200
    )

    assert shown(excerpt, Mark.NEW) == "HOAKS"
