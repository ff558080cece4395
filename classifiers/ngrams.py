"""Hashed n-grams of a batch of texts, in whole-array steps.

Two spaces: 2**20 buckets for words, single and in pairs (at 2**18 collisions cost 0.003 macro-F1),
and for windows inside words, blanks at the edges included (`char_wb` is what scikit-learn calls
them), 2**18 for those of four signs and 2**16 for those of two. The hash is multilinear (a sum of
signs times fixed odd 64-bit keys, top bits kept), so it is the same on every machine and needs no
loop over the text.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

WORD_BITS = 20
WINDOW_BITS = 18
SHORT_BITS = 16
WORDS = 1 << WORD_BITS  # buckets [0, WORDS) are words and pairs, the rest windows:
WINDOWS = 1 << WINDOW_BITS  # first those of four signs,
SHORT_WINDOWS = 1 << SHORT_BITS  # then those of two
BUCKETS = WORDS + WINDOWS + SHORT_WINDOWS
WINDOW = 4

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

_BLANK, _LETTER, _SIGN, _SYMBOL = 0, 1, 2, 3
_LAST_TABLED = 0x2_0000
_MIX = np.uint64(0xFF51AFD7ED558CCD)


def _keys(count: int, seed: int) -> U64:
    """Odd 64-bit keys by SplitMix64 (Steele, Lea, Flood 2014); part of the artefact's schema."""
    keys, state, mask = [], seed, (1 << 64) - 1
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        keys.append((mixed ^ (mixed >> 31)) | 1)
    return np.array(keys, dtype=np.uint64)


WINDOW_KEYS = _keys(WINDOW, seed=1)
SHORT_KEYS = _keys(2, seed=2)
WORD_KEYS = _keys(64, seed=3)
PAIR_KEYS = _keys(2, seed=4)


@dataclass(frozen=True)
class Instances:
    """Every n-gram found, one entry each: windows, then single words, then pairs of words.

    row: text number; column: bucket in [0, BUCKETS); first, last: where it stands in `signs`
    (last excluded). signs: the batch as code points, each text between two blanks.
    first_pair: the entry at which the pairs begin.
    """

    row: I64
    column: I64
    first: I64
    last: I64
    signs: NDArray[np.uint32]
    first_pair: int


def instances(texts: Sequence[str]) -> Instances:
    """All n-grams of normalised texts (single blanks, no lone surrogates)."""
    signs = _signs(texts)
    lengths = np.fromiter((len(text) + 2 for text in texts), dtype=np.int64, count=len(texts))
    row_of_sign = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    parts = [_windows(signs), _short_windows(signs), *_words(signs, row_of_sign)]
    column = np.concatenate([part[0] for part in parts])
    first = np.concatenate([part[1] for part in parts])
    last = np.concatenate([part[2] for part in parts])
    first_pair = len(column) - len(parts[-1][0])
    return Instances(row_of_sign[first], column, first, last, signs, first_pair)


def _signs(texts: Sequence[str]) -> NDArray[np.uint32]:
    joined = "".join([f" {text} " for text in texts])
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


_Part = tuple[I64, I64, I64]


def _windows(signs: NDArray[np.uint32]) -> _Part:
    if len(signs) < WINDOW:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty
    inside = signs != 32
    first = np.flatnonzero(inside[1:-2] & inside[2:-1])
    wide = signs.astype(np.uint64)
    total = wide[first] * WINDOW_KEYS[0]
    for place in range(1, WINDOW):
        total += wide[first + place] * WINDOW_KEYS[place]
    return _bucket(total, WINDOW_BITS) + WORDS, first, first + WINDOW


def _short_windows(signs: NDArray[np.uint32]) -> _Part:
    """Two signs side by side, one of which may be the blank before or behind a word."""
    inside = signs != 32
    first = np.flatnonzero(inside[:-1] | inside[1:])
    wide = signs.astype(np.uint64)
    total = wide[first] * SHORT_KEYS[0] + wide[first + 1] * SHORT_KEYS[1]
    return _bucket(total, SHORT_BITS) + WORDS + WINDOWS, first, first + 2


def _words(signs: NDArray[np.uint32], row_of_sign: I64) -> list[_Part]:
    """Single words and pairs of neighbours; a symbol such as an emoji is a word by itself."""
    kind = _kinds(signs)
    token = (kind == _LETTER) | (kind == _SYMBOL)
    starts = token.copy()
    starts[1:] &= (kind[1:] == _SYMBOL) | (kind[:-1] != _LETTER)
    begin = np.flatnonzero(starts)
    if not len(begin):
        empty = np.empty(0, dtype=np.int64)
        return [(empty, empty, empty), (empty, empty, empty)]
    inside = np.flatnonzero(token)
    number = np.cumsum(starts)[inside] - 1
    place = inside - begin[number]
    terms = signs[inside].astype(np.uint64) * WORD_KEYS[place & 63]
    first_of_word = np.flatnonzero(place == 0)
    words = np.add.reduceat(terms, first_of_word)
    end = begin + np.diff(np.append(first_of_word, len(inside)))
    single = (_bucket(_mixed(words), WORD_BITS), begin, end)
    near = np.flatnonzero(row_of_sign[begin[1:]] == row_of_sign[begin[:-1]])
    pairs = words[near] * PAIR_KEYS[0] + words[near + 1] * PAIR_KEYS[1]
    return [single, (_bucket(_mixed(pairs), WORD_BITS), begin[near], end[near + 1])]


def _mixed(values: U64) -> U64:
    values = (values ^ (values >> np.uint64(33))) * _MIX
    return values ^ (values >> np.uint64(29))


def _bucket(values: U64, bits: int) -> I64:
    """The top bits, which are the well-mixed ones of a multilinear hash."""
    return (values >> np.uint64(64 - bits)).astype(np.int64)


def _kinds(signs: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """What each sign is; those past the table (rare scripts, upper planes) count as letters."""
    return kind_table()[np.minimum(signs, _LAST_TABLED)]


@cache
def kind_table() -> NDArray[np.uint8]:
    table = np.full(_LAST_TABLED + 1, _SIGN, dtype=np.uint8)
    for point in range(_LAST_TABLED):
        kind = unicodedata.category(chr(point))
        if kind[0] in "LMN" or point == ord("_"):
            table[point] = _LETTER
        elif kind == "So":
            table[point] = _SYMBOL
    table[32] = _BLANK
    table[_LAST_TABLED] = _LETTER
    return table
