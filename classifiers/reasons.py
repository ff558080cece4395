"""Why a score is what it is: each feature's contribution, given back to the words it lies in.

The contribution of a bucket is its cell times its weight. It is shared evenly by all n-grams of the
text that hashed there, whatever they are, so what is shown adds up to the decision value.
"""

import heapq
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.features import F64, Cells, cell_keys
from classifiers.ngrams import WORDS, Instances
from classifiers.prediction import Reason

MOST = 6
_EDGES = " .,;:!?\"'()[]{}<>…-–*_~|/\\"


def instance_weights(found: Instances, cells: Cells, contribution: F64) -> F64:
    """What each n-gram of `found` adds; contribution: one value per cell."""
    keys = cell_keys(cells.row, cells.column)
    cell = np.searchsorted(keys, cell_keys(found.row, found.column))
    share = np.bincount(cell, minlength=len(keys))
    return np.asarray((contribution / np.maximum(share, 1))[cell])


def contributions(
    texts: Sequence[str], found: Instances, weights: F64
) -> Iterator[dict[str, float]]:
    """For each normalised text, in order: every word or pair of words and what it adds in all.

    Windows and single words count for the word between blanks that they lie in; pairs stand for
    themselves.
    """
    pair = _is_pair(found)
    word_sums = _sums_by_word(found, weights, ~pair)
    pairs_by_row = _pairs_by_row(found, weights, pair, len(texts))
    offset = word = 0
    for number, text in enumerate(texts):
        words = text.split(" ") if text else []
        sums: dict[str, float] = {}
        for name, value in zip(words, word_sums[word : word + len(words)], strict=True):
            name = name.strip(_EDGES) or name
            sums[name] = sums.get(name, 0.0) + value
        for first, last, value in pairs_by_row[number]:
            name = text[first - offset - 1 : last - offset - 1]
            sums[name] = sums.get(name, 0.0) + value
        yield sums
        word += len(words)
        offset += len(text) + 2


def strongest(sums: dict[str, float]) -> tuple[Reason, ...]:
    """At most MOST reasons, the largest effect in either direction first."""
    best = heapq.nlargest(MOST, sums.items(), key=lambda item: abs(item[1]))
    return tuple(Reason(words, weight) for words, weight in best if weight)


def _is_pair(found: Instances) -> NDArray[np.bool_]:
    """Pairs of words are the only word features with a gap inside; they come last in `found`."""
    flags = np.zeros(len(found.column), dtype=bool)
    flags[found.first_pair :] = True
    return flags


def _sums_by_word(found: Instances, weights: F64, chosen: NDArray[np.bool_]) -> list[float]:
    inside = found.signs != 32
    starts = inside.copy()
    starts[1:] &= ~inside[:-1]
    word = np.cumsum(starts) - 1
    # A window may begin at the blank before its word; its second sign is always in the word.
    place = found.first[chosen] + (found.column[chosen] >= WORDS)
    total = int(word[-1]) + 1 if len(word) else 0
    sums: list[float] = np.bincount(word[place], weights=weights[chosen], minlength=total).tolist()
    return sums


def _pairs_by_row(
    found: Instances, weights: F64, chosen: NDArray[np.bool_], texts: int
) -> list[list[tuple[int, int, float]]]:
    rows: list[list[tuple[int, int, float]]] = [[] for _ in range(texts)]
    values = zip(
        found.row[chosen].tolist(),
        found.first[chosen].tolist(),
        found.last[chosen].tolist(),
        weights[chosen].tolist(),
        strict=True,
    )
    for row, first, last, value in values:
        rows[row].append((first, last, value))
    return rows
