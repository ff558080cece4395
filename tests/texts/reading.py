"""Prints every message as a phone of 360 points shows it, filled in, for somebody to read.

`python -m tests.texts.reading id > file`. Where a count chooses words it stands there with 1 and
with 3; a button that is cut where two stand in a row is marked.
"""

import string
import sys
import textwrap

from bot.texts.catalogue import catalogue, say
from tests.render.letter_rules import visible

WIDTH = 38  # characters of a line
LONGEST_LABEL = 20  # characters of a button, two in a row
_BUTTONS = ("button-", "chip-", "harm-", "purpose-", "practice-yes", "practice-no")
_WHEN = ["added", "following", "last", "made", "posted", "since", "until", "when"]
_AGES = ["age", "delay", "left", "median", "slowest"]
_SHARES = ["high", "level", "likeness", "limit", "low", "score", "share", "threshold"]
_WORDS = {
    **dict.fromkeys(_WHEN, "2 Mar 2026 12:00 WIB"),
    **dict.fromkeys(_AGES, "3 h"),
    **dict.fromkeys(_SHARES, "87%"),
    "channel": "@kabar_contoh",
    "contact": "desk@example.org",
    "hash": "3f2a90c1d7e84b55",
    "line": "021-000-000",
    "link": "https://t.me/kabar_contoh/12",
    "model": "seed-20260302",
    "name": "Yayasan Contoh",
    "origin": "Kabar Lain",
    "problem": "Forbidden: bot was blocked",
    "reason": "a reader pointed it out",
    "title": "Ruang Moderator",
}


def values(words: str, number: int) -> dict[str, object]:
    """Something plausible for everything that a message holds; counts are `number`."""
    names = {name for _, name, _, _ in string.Formatter().parse(words) if name}
    return {name: _WORDS.get(name, number) for name in names}


def read(language: str) -> None:
    for key, words in catalogue(language).items():
        numbers = (1, 3) if "|" in words else (3,)
        for number in numbers:
            text = visible(str(say(language, key, **values(words, number))))
            is_cut = key.startswith(_BUTTONS) and len(text) > LONGEST_LABEL
            print(f"── {key}{'  LONG' if is_cut else ''}")
            for line in text.split("\n"):
                print(textwrap.fill(line, WIDTH))


if __name__ == "__main__":
    read(sys.argv[1] if len(sys.argv) > 1 else "en")
