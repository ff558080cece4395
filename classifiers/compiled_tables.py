"""What the compiled normaliser looks up: per sign, what `normalise` makes of it and its classes.

Everything is derived from the normaliser's own tables, so that the two cannot drift apart. Only
signs below TABLED are listed: those above it, and signs whose meaning hangs on a neighbour (a
combining accent, the final sigma), send the text to `normalise` itself.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifiers.letters import FOLDED
from classifiers.lookalikes import OLD_LETTERS, OTHER_SIGNS, SHIFTING_CAPITALS
from classifiers.ngrams import (
    PAIR_KEYS,
    SHORT_KEYS,
    U64,
    WINDOW_KEYS,
    WORD_KEYS,
    kind_table,
)
from classifiers.normalise import PLACEHOLDERS
from classifiers.reasons import EDGES
from classifiers.scripts import NUMBER, STARTS

TABLED = 0x2_0000
REMOVED = -1
NEEDS_REFERENCE = -2
FIRST_EXPANSION = -3  # -3 is expansion 0, -4 expansion 1 ...

# Bits of `Tables.classes`.
WORD, LETTER, SPACE, SYMBOL, MARK, LEET, ALNUM, TWINNED, LATIN, CENSOR, BANG, SIGN = (
    1 << place for place in range(12)
)

_CLASSES = {
    WORD: r"\w",
    LETTER: r"[^\W\d_]",
    SPACE: r"\s",
    SYMBOL: r"[\u2190-\u2bff\u3030\U0001f000-\U0001faff]",
    MARK: r"[.\-_*~|'+·•/\\,^]",
    LEET: r"[013457@$€]",
    ALNUM: r"[^\W_]",
    TWINNED: rf"[{OTHER_SIGNS}]",
    LATIN: r"[a-z]",
    CENSOR: r"[*~|_]",
    BANG: r"!",
    SIGN: r"(?:[^\W_]|[@$€!+])",
}
# Hamza and madda compose with letters that fold to the same letter composed or not; the letters
# for which that is untrue are found below and need the reference.
_ARABIC_SECONDS = frozenset({0x0653, 0x0654, 0x0655})
_HANGUL_SECONDS = frozenset({*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)})
# Sigma, whose lower case hangs on its place in the word, and the other capitals that are read by
# the text around them; letters that are changed before they are composed.
_SHIFTING = frozenset({*map(ord, SHIFTING_CAPITALS), *OLD_LETTERS})
_LINE_END = 10


@dataclass(frozen=True)
class Tables:
    """Arrays for the kernels.

    fold: TABLED entries: the sign that stands for this one, or REMOVED, NEEDS_REFERENCE, or
    FIRST_EXPANSION - n for the signs expansion[starts[n]:starts[n + 1]].
    classes: TABLED bit sets. kinds, scripts: as in `ngrams` and `scripts`.
    keys: of windows, single letters, words and pairs. placeholders: (words, longest) signs, 0
    behind the end. edges: 1 for signs that a reason's word is shown without.
    """

    fold: NDArray[np.int32]
    expansion: NDArray[np.uint32]
    starts: NDArray[np.int64]
    classes: NDArray[np.uint16]
    kinds: NDArray[np.uint8]
    scripts: NDArray[np.uint8]
    keys: tuple[U64, U64, U64, U64]
    placeholders: NDArray[np.uint32]
    edges: NDArray[np.uint8]


@cache
def tables() -> Tables:
    """The tables, made once (some 0.1 s)."""
    fold, expansion, starts = _folding()
    return Tables(
        fold=fold,
        expansion=expansion,
        starts=starts,
        classes=_classes(),
        kinds=kind_table(),
        scripts=_scripts(),
        keys=(WINDOW_KEYS, SHORT_KEYS, WORD_KEYS, PAIR_KEYS),
        placeholders=_placeholders(),
        edges=_edges(),
    )


def _folding() -> tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.int64]]:
    context = _context_signs()
    fold = np.empty(TABLED, dtype=np.int32)
    signs: list[int] = []
    starts = [0]
    for point, result in enumerate(_folded_apart()):
        if point in context or any(ord(sign) >= TABLED for sign in result):
            fold[point] = NEEDS_REFERENCE
        elif not result:
            fold[point] = REMOVED
        elif len(result) == 1:
            fold[point] = ord(result)
        else:
            fold[point] = FIRST_EXPANSION - (len(starts) - 1)
            signs.extend(map(ord, result))
            starts.append(len(signs))
    return fold, np.array(signs, dtype=np.uint32), np.array(starts, dtype=np.int64)


def _folded_apart() -> list[str]:
    """What each sign becomes when it stands alone.

    A line end neither composes with a neighbour nor is changed, so one call folds all of them.
    """
    every = [chr(point) if point != _LINE_END else " " for point in range(TABLED)]
    results = _fold("\n".join(every)).split("\n")
    results[_LINE_END] = "\n"
    return results


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(OLD_LETTERS)).lower().translate(FOLDED)


def _context_signs() -> set[int]:
    """Signs that may change or be changed by a neighbour, so that no table can hold their fate."""
    pairs = _composing_pairs()
    seconds = {second for _, second in pairs} | _HANGUL_SECONDS
    stops = {first for first, second in pairs if _differs_composed(first, second)} | _SHIFTING
    harmless = _ARABIC_SECONDS | {
        point for point, plain in FOLDED.items() if plain is None and point not in seconds
    }
    found = set()
    for point in range(0x80, TABLED):
        parts = [ord(sign) for sign in unicodedata.normalize("NFKD", chr(point))]
        reaches_back = parts[0] in seconds or unicodedata.combining(chr(parts[0])) != 0
        is_harmless = parts == [point] and point in harmless
        if (reaches_back and not is_harmless) or not stops.isdisjoint({point, *parts}):
            found.add(point)
    return found


def _differs_composed(first: int, second: int) -> bool:
    """Whether an Arabic pair folds otherwise composed than its first letter does alone."""
    if second not in _ARABIC_SECONDS:
        return False
    return _fold(chr(first) + chr(second)) != _fold(chr(first))


def _composing_pairs() -> list[tuple[int, int]]:
    pairs = []
    for point in range(TABLED):
        parts = unicodedata.decomposition(chr(point)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            pairs.append((int(parts[0], 16), int(parts[1], 16)))
    return pairs


def _classes() -> NDArray[np.uint16]:
    every = "".join(map(chr, range(TABLED)))
    found = np.zeros(TABLED, dtype=np.uint16)
    for bit, pattern in _CLASSES.items():
        for stretch in re.finditer(f"{pattern}+", every):
            found[stretch.start() : stretch.end()] |= bit
    return found


def _scripts() -> NDArray[np.uint8]:
    ends = np.append(STARTS[1:].astype(np.int64), 0x11_0000)
    return np.repeat(NUMBER, ends - STARTS).astype(np.uint8)


def _placeholders() -> NDArray[np.uint32]:
    words = sorted(word for word in PLACEHOLDERS if word)
    array = np.zeros((len(words), max(map(len, words))), dtype=np.uint32)
    for row, word in enumerate(words):
        array[row, : len(word)] = list(map(ord, word))
    return array


def _edges() -> NDArray[np.uint8]:
    points = list(map(ord, EDGES))
    array = np.zeros(max(points) + 1, dtype=np.uint8)
    array[points] = 1
    return array
