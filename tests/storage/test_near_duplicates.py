"""Which texts count as copies of one another."""

import random

import pytest
from rapidfuzz import fuzz

from bot.storage.near_duplicates import fingerprint, is_alike, is_near_copy

TEXT = (
    "saudara sekalian mari kita berkumpul malam ini di tempat biasa, bawa semua kawan dan jangan "
    "beri tahu siapa pun di luar kelompok kita karena waktunya sudah dekat"
)
ANOTHER = (
    "panitia mengundang warga untuk kerja bakti membersihkan selokan pada hari minggu pagi, "
    "sarapan disediakan dan anak anak boleh ikut serta bersama orang tua"
)


def is_found(one: str, other: str) -> bool:
    """Whether look-up would name the one for the other, and the texts then agree."""
    first, second = fingerprint(one), fingerprint(other)
    return bool(set(first.bands) & set(second.bands)) and is_near_copy(first.text, second.text)


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        TEXT.upper(),
        f"🔥🔥🔥 {TEXT} 🔥",
        f"{TEXT}\n\nIkuti kami: https://t.me/saluran_lain @saluran_lain",
        f"Hoaks, jangan sebarkan: {TEXT}",
        TEXT.replace(" ", "\u200b "),
        TEXT.replace("a", "а"),  # Cyrillic
        TEXT[: len(TEXT) * 3 // 4],
        TEXT.replace("malam ini", "besok pagi"),
    ],
    ids=[
        "same",
        "capitals",
        "emoji",
        "footer",
        "prefix",
        "zero width",
        "look-alikes",
        "cut",
        "words",
    ],
)
def test_copy_is_found(copy: str) -> None:
    assert is_found(TEXT, copy)
    assert is_found(copy, TEXT)


@pytest.mark.parametrize("other", [ANOTHER, "halo", "malam ini", ""])
def test_another_text_is_no_copy(other: str) -> None:
    assert not is_found(TEXT, other)
    assert not is_found(other, TEXT)


def test_short_text_within_a_long_one_is_no_copy() -> None:
    assert not is_near_copy("mari berkumpul", f"{ANOTHER} mari berkumpul {ANOTHER}")


def test_counting_letters_first_changes_no_answer() -> None:
    draws, words = random.Random(7), (TEXT + " " + ANOTHER).split()
    answers = list[tuple[bool, bool]]()
    for _ in range(300):
        held = draws.choices(words, k=draws.randint(8, 20))
        within = [draws.choice(words) if draws.random() < 0.15 else word for word in held]
        around = draws.choices(words, k=20)
        place = draws.randrange(20)
        one, other = " ".join(held), " ".join([*around[:place], *within, *around[place:]])
        for says, by_edits, contained in ((is_near_copy, 70, 90), (is_alike, 50, 75)):
            expected = fuzz.ratio(one, other) >= by_edits or (
                len(one) >= 40 and fuzz.partial_ratio(one, other) >= contained
            )
            answers.append((says(one, other), expected))

    assert all(answer == expected for answer, expected in answers)
    assert 50 < sum(expected for _, expected in answers) < 550


def test_shuffled_words_of_two_texts_stay_apart() -> None:
    draws = random.Random(5)
    words = (TEXT + " " + ANOTHER).split()
    texts = [" ".join(draws.sample(words, 25)) for _ in range(60)]

    pairs = [(a, b) for i, a in enumerate(texts) for b in texts[:i]]

    assert sum(is_found(a, b) for a, b in pairs) <= len(pairs) * 0.01


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\n\t"])
def test_text_without_words_has_no_fingerprint(text: str) -> None:
    assert fingerprint(text).bands == ()


def test_fingerprint_is_the_same_in_every_process() -> None:
    first, second, *_ = fingerprint("halo dunia yang damai").bands

    assert (first, second) == (6446285730711091038, 1438674055905263342)


def test_bands_fit_eight_bytes() -> None:
    assert len(fingerprint(TEXT).bands) == 32
    assert all(-(2**63) <= band < 2**63 for band in fingerprint(TEXT).bands)
