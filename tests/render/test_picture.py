"""Pictures of captures: every script in its own direction, on any machine."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.domain.capture import SCHEMA, Capture, sealed
from bot.render.fonts import MISSING, printable
from bot.render.lines import broken, is_right_to_left
from bot.render.picture import capture_picture
from tests.factories import NOON
from tests.render.test_desk import HOSTILE


def capture(text: str) -> Capture:
    facts = {
        "schema": SCHEMA,
        "taken_at": NOON.isoformat(),
        "url": "https://t.me/kabar_contoh/7",
        "channel": {"id": -1, "username": "kabar_contoh", "title": "Kabar"},
        "posted_at": NOON.isoformat(),
        "edited_at": None,
        "forwarded_from": None,
        "views": 3,
        "views_approx": False,
        "text": text,
        "media": ["photo"],
    }
    content, sha256 = sealed(facts)
    return Capture(1, NOON, content, sha256)


def drawn(text: str, *, hides_words: bool = False) -> Image.Image:
    return Image.open(BytesIO(capture_picture(capture(text), hides_words=hides_words)))


def ink(picture: Image.Image) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Where there is dark ink, below the head and above the foot."""
    return np.asarray(picture.convert("L"))[220:-130] < 100


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_drawn_without_a_warning(text: str) -> None:
    assert drawn(text).width == 1080


def test_arabic_stands_at_the_right_and_latin_at_the_left() -> None:
    columns = [np.flatnonzero(ink(drawn(text)).any(axis=0)) for text in ("مرحبا", "halo")]

    assert columns[0].max() > 1000 > 540 < columns[0].min()
    assert columns[1].min() < 80 < 540 > columns[1].max()


def test_letters_of_arabic_join() -> None:
    """Joined, the word is narrower than its letters one by one."""
    joined, apart = (ink(drawn(text)).any(axis=0).sum() for text in ("بببب", "ب ب ب ب"))

    assert joined < apart / 1.5


def test_hidden_words_leave_no_trace() -> None:
    """But for the hash, which is made the same here: colours are rounded for the whole picture."""
    one, other = (
        capture_picture(replace(capture(text), sha256="0" * 64), hides_words=True)
        for text in ("rahasia", "sesuatu yang lain")
    )

    assert one == other


def test_character_without_a_font_is_a_square_and_marks_go() -> None:
    assert printable("a\U00013000b\U000e0041") == f"a{MISSING}b"
    assert printable("a\x07b\nc") == "a b\nc"


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_lines_lose_no_letter(text: str) -> None:
    lines = broken(text, 10, len)

    assert "".join("".join(line.text.split()) for line in lines) == "".join(text.split())
    assert all(len(line.text) <= 10 for line in lines)


def test_direction_is_the_first_letters() -> None:
    assert is_right_to_left("12 (مثال) abc")
    assert not is_right_to_left("12 abc مثال")
    assert not is_right_to_left("123")


def test_picture_says_where_no_font_has_a_sign() -> None:
    """U+E000 is nobody's sign; a white square of the post's own is no gap."""
    with_gap, without = (drawn(f"satu {sign} dua").height for sign in ("\ue000", "\u25a1"))

    assert with_gap == without + 28  # a line at the foot
