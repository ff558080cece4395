"""Spelling tricks applied to a text, drawn from a seeded generator: equal seeds, equal texts."""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from classifiers.evasion.kinds import Kind
from classifiers.evasion.tables import (
    ACCENTS,
    EMOJI,
    HOMOGLYPHS,
    INVISIBLE,
    LEET,
    MARKS,
    MIXED_SCRIPT,
    STYLED,
    Table,
)

SHORTEST_WORD = 3  # letters; a shorter one carries little, and spacing it out changes nothing
# Addresses, mentions and hashtags must keep working for the one who spreads them.
_KEPT = re.compile(r"\w+://\S+|(?:www\.|t\.me/)\S+|[@#]\w+|\S+@\S+")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0670])*")

_LONE_SIGN = re.compile(r"(?<!\w)\w(?!\w)")


@dataclass
class _Word:
    """A word as letters (each with its combining marks) and what stands behind each but the last.

    Always one gap fewer than letters.
    """

    letters: list[str]
    gaps: list[str]

    def __str__(self) -> str:
        return "".join(
            letter + gap for letter, gap in zip(self.letters, [*self.gaps, ""], strict=True)
        )


def perturb(text: str, kind: Kind, rng: random.Random, share: float = 1.0) -> str:
    """The text with one trick in a share of its words; see `perturb_all`."""
    return perturb_all(text, (kind,), rng, share)


def perturb_all(text: str, kinds: Sequence[Kind], rng: random.Random, share: float = 1.0) -> str:
    """The text with all these tricks at once in the same words.

    kinds: each applied once, in the order of `Kind`. share: 0..1 of the words of SHORTEST_WORD
    letters or more, rounded, at least one where it is above 0. A word without a letter that a trick
    can change keeps it; addresses, mentions and hashtags stay. Spaced words that stand side by side
    or beside a word of one letter are held apart by three blanks, as a writer does who wants to be
    read.
    """
    places = _words(text)
    count = min(len(places), max(1, round(share * len(places)))) if share > 0 else 0
    chosen = sorted(rng.sample(places, count))
    parts, end = [], 0
    for start, stop in chosen:
        between = text[end:start]
        if Kind.SPACED in kinds and (not between.strip() or _LONE_SIGN.search(between)):
            between = between.replace(" ", "   ")
        parts += [between, _disguised(text[start:stop], kinds, rng)]
        end = stop
    return "".join([*parts, text[end:]])


def _words(text: str) -> list[tuple[int, int]]:
    """Where the words that may be changed start and stop."""
    kept = [match.span() for match in _KEPT.finditer(text)]
    found = [match.span() for match in _WORD.finditer(text)]
    return [
        (start, stop)
        for start, stop in found
        if stop - start >= SHORTEST_WORD
        and not any(first < stop and start < last for first, last in kept)
    ]


def _disguised(text: str, kinds: Sequence[Kind], rng: random.Random) -> str:
    letters = _clusters(text)
    word = _Word(letters, [""] * (len(letters) - 1))
    for kind in Kind:
        if kind in kinds:
            _TRICKS[kind](word, rng)
    return str(word)


def _clusters(text: str) -> list[str]:
    """Letters with the combining marks behind them."""
    found: list[str] = []
    for sign in text:
        if found and unicodedata.combining(sign):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _substituted(table: Table) -> Callable[[_Word, random.Random], None]:
    """Puts another sign for each letter of the table with probability 2/3, for one at least."""

    def trick(word: _Word, rng: random.Random) -> None:
        able = [place for place, letter in enumerate(word.letters) if letter in table]
        if not able:
            return
        sure = rng.choice(able)
        for place in able:
            if place == sure or rng.random() < 2 / 3:
                word.letters[place] = rng.choice(table[word.letters[place]])

    return trick


def _leet(word: _Word, rng: random.Random) -> None:
    """As `_substituted`; the case does not matter, a digit has none."""
    lowered = [letter.lower() for letter in word.letters]
    able = [place for place, letter in enumerate(lowered) if letter in LEET]
    if not able:
        return
    sure = rng.choice(able)
    for place in able:
        if place == sure or rng.random() < 2 / 3:
            word.letters[place] = rng.choice(LEET[lowered[place]])


def _styled(word: _Word, rng: random.Random) -> None:
    """One alphabet for the whole word."""
    table = rng.choice(STYLED)
    word.letters = [table.get(letter, letter) for letter in word.letters]


def _elongated(word: _Word, rng: random.Random) -> None:
    """One letter, three to six times; as one run or, where signs come between, letter by letter."""
    place = rng.randrange(len(word.letters))
    letter, more = word.letters[place], rng.randint(2, 5)
    if rng.random() < 0.5:
        word.letters[place] = letter * (more + 1)
    else:
        word.letters[place:place] = [letter] * more
        word.gaps[place:place] = [""] * more


def _accented(word: _Word, rng: random.Random) -> None:
    """A combining mark on each letter with probability 1/2, on one at least."""
    sure = rng.randrange(len(word.letters))
    for place, letter in enumerate(word.letters):
        if place == sure or rng.random() < 1 / 2:
            word.letters[place] = letter + rng.choice(ACCENTS)


def _zero_width(word: _Word, rng: random.Random) -> None:
    """One to three invisible signs."""
    for _ in range(rng.randint(1, 3)):
        word.gaps[rng.randrange(len(word.gaps))] += rng.choice(INVISIBLE)


def _dotted(word: _Word, rng: random.Random) -> None:
    """The same mark in every gap."""
    mark = rng.choice(MARKS)
    word.gaps = [gap + mark for gap in word.gaps]


def _emoji(word: _Word, rng: random.Random) -> None:
    """The same emoji in every gap, or in one."""
    sign = rng.choice(EMOJI)
    if rng.random() < 0.5:
        word.gaps = [gap + sign for gap in word.gaps]
    else:
        word.gaps[rng.randrange(len(word.gaps))] += sign


def _spaced(word: _Word, rng: random.Random) -> None:
    """A blank in every gap; around what stands there already, or behind it."""
    around = rng.random() < 0.5
    word.gaps = [f" {gap} " if gap and around else gap + " " for gap in word.gaps]


_TRICKS: Mapping[Kind, Callable[[_Word, random.Random], None]] = {
    Kind.LEET: _leet,
    Kind.HOMOGLYPH: _substituted(HOMOGLYPHS),
    Kind.MIXED_SCRIPT: _substituted(MIXED_SCRIPT),
    Kind.STYLED: _styled,
    Kind.ELONGATED: _elongated,
    Kind.ACCENTED: _accented,
    Kind.ZERO_WIDTH: _zero_width,
    Kind.DOTTED: _dotted,
    Kind.EMOJI: _emoji,
    Kind.SPACED: _spaced,
}
