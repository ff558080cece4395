"""Why a score is what it is: each feature's contribution, given back to the words it lies in.

The contribution of a bucket is its cell times its weight. It is shared evenly by all n-grams of the
text that hashed there, whatever they are, so what is shown adds up to the decision value.
"""

import heapq
from collections.abc import Iterator, Sequence

import numpy as np

from classifiers.features import F64, Cells, cell_keys
from classifiers.ngrams import Instances
from classifiers.prediction import Reason

MOST = 6
EDGES = " .,;:!?\"'()[]{}<>…-–*_~|/\\"


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
    word_sums = _sums_by_word(found, weights)
    pairs = slice(found.first_pair, None)
    first, last = found.first[pairs].tolist(), found.last[pairs].tolist()
    pair_weights = weights[pairs].tolist()
    pair_ends = np.searchsorted(found.row[pairs], np.arange(1, len(texts) + 1)).tolist()
    offset = word = pair = 0
    for text, pair_end in zip(texts, pair_ends, strict=True):
        words = text.split(" ") if text else []
        sums: dict[str, float] = {}
        for name, value in zip(words, word_sums[word : word + len(words)], strict=True):
            name = name.strip(EDGES) or name
            sums[name] = sums.get(name, 0.0) + value
        start = offset + 1
        for at in range(pair, pair_end):
            name = text[first[at] - start : last[at] - start]
            sums[name] = sums.get(name, 0.0) + pair_weights[at]
        yield sums
        word += len(words)
        pair = pair_end
        offset += len(text) + 2


def strongest(sums: dict[str, float]) -> tuple[Reason, ...]:
    """At most MOST reasons, the largest effect in either direction first."""
    least = min(heapq.nlargest(MOST, map(abs, sums.values())), default=0.0)
    best = [(words, value) for words, value in sums.items() if abs(value) >= least and value]
    best.sort(key=lambda item: -abs(item[1]))
    return tuple(Reason(words, weight) for words, weight in best[:MOST])


def _sums_by_word(found: Instances, weights: F64) -> list[float]:
    """What the windows and single words of each word between blanks add, text after text."""
    inside = found.signs != 32
    starts = inside.copy()
    starts[1:] &= ~inside[:-1]
    word = np.cumsum(starts) - 1
    alone = slice(0, found.first_pair)
    # A window may begin at the blank before its word.
    place = found.first[alone] + (found.signs[found.first[alone]] == 32)
    total = int(word[-1]) + 1 if len(word) else 0
    sums: list[float] = np.bincount(word[place], weights[alone], total).tolist()
    return sums
