"""Each trick is visible, repeatable and readable; what must keep working is left alone."""

import random
import unicodedata

import pytest

from classifiers.evasion import Kind, perturb, perturb_all
from classifiers.evasion.tables import INVISIBLE

TEXT = "Mari bergabung bersama pasukan kami sekarang"


def drawn(text: str, *kinds: Kind, seed: int = 1, share: float = 1.0) -> str:
    return perturb_all(text, kinds, random.Random(seed), share)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_trick_changes_the_text_and_the_same_seed_gives_the_same_text(kind: Kind) -> None:
    first = perturb(TEXT, kind, random.Random(3))

    assert first != TEXT
    assert first == perturb(TEXT, kind, random.Random(3))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.SPACED])
def test_a_trick_keeps_the_number_of_words(kind: Kind) -> None:
    assert len(drawn(TEXT, kind).split()) == len(TEXT.split())


@pytest.mark.parametrize("kind", [Kind.ZERO_WIDTH, Kind.ACCENTED, Kind.STYLED])
def test_letters_are_the_same_to_a_reader(kind: Kind) -> None:
    plain = unicodedata.normalize("NFKD", drawn(TEXT, kind))

    visible = [sign for sign in plain if not unicodedata.combining(sign) and sign not in INVISIBLE]

    assert "".join(visible) == TEXT


def test_elongation_repeats_one_letter_at_least_three_times() -> None:
    for seed in range(20):
        longer = drawn("bersama", Kind.ELONGATED, seed=seed)

        assert any(letter * 3 in longer for letter in "bersam")
        assert len(longer) <= len("bersama") + 5


def test_spaced_letters_stand_apart_and_words_further_apart() -> None:
    assert drawn("mari datang", Kind.SPACED) == "m a r i   d a t a n g"


def test_dotted_letters_share_one_mark() -> None:
    dotted = drawn("datang", Kind.DOTTED)

    assert dotted[::2] == "datang"
    assert len(set(dotted[1::2])) == 1


def test_look_alikes_come_from_another_script() -> None:
    changed = drawn("bersama", Kind.HOMOGLYPH, seed=5)

    assert len(changed) == len("bersama")
    assert not changed.isascii()


def test_cyrillic_gets_latin_twins() -> None:
    changed = drawn("хорошо", Kind.HOMOGLYPH)

    assert any("LATIN" in unicodedata.name(s) or "GREEK" in unicodedata.name(s) for s in changed)


def test_two_tricks_meet_in_the_same_word() -> None:
    both = drawn("bersama", Kind.LEET, Kind.DOTTED)

    assert any(sign.isdigit() or sign in "@€$!+" for sign in both[::2])
    assert len(set(both[1::2])) == 1


def test_the_order_of_the_kinds_does_not_matter() -> None:
    assert drawn(TEXT, Kind.EMOJI, Kind.LEET) == drawn(TEXT, Kind.LEET, Kind.EMOJI)


@pytest.mark.parametrize("kind", list(Kind))
def test_addresses_mentions_hashtags_and_short_words_stay(kind: Kind) -> None:
    kept = "https://example.org/abc @kanal_kami #berita a.b@example.org di 2024"

    assert drawn(kept, kind) == kept


def test_share_is_the_share_of_words_changed() -> None:
    words = ["panjang"] * 10

    changed = drawn(" ".join(words), Kind.STYLED, share=0.3).split()

    assert sum(word != "panjang" for word in changed) == 3
    assert drawn(" ".join(words), Kind.STYLED, share=0.0) == " ".join(words)


@pytest.mark.parametrize("kind", list(Kind))
def test_text_without_words_stays(kind: Kind) -> None:
    for text in ("", "   ", "123 !?", "😀"):
        assert drawn(text, kind) == text
