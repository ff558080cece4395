"""Texts as rows of weighted n-grams: what the linear models multiply.

A cell is the idf of a bucket that occurs in the text, however often (counting did
worse on the folds of most corpora tried). Each of the two spaces is scaled to length 1 by itself,
so that a long text and a short one weigh the same and neither space drowns the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.ngrams import BUCKETS, I64, WORDS, Instances, instances

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

# Texts are turned into n-grams in slices of about this many signs, which bounds the memory
# (some 100 bytes a sign) whatever the batch.
SLICE_SIGNS = 1_000_000


@dataclass(frozen=True)
class Cells:
    """One entry per text and bucket that occurs in it, ordered by text, then by bucket."""

    row: I64
    column: I64
    value: F64
    texts: int


def slices(texts: Sequence[str]) -> list[range]:
    """Ranges of text numbers, in order, each of about SLICE_SIGNS signs or one text."""
    ranges, start, signs = [], 0, 0
    for number, text in enumerate(texts):
        signs += len(text) + 2
        if signs >= SLICE_SIGNS:
            ranges.append(range(start, number + 1))
            start, signs = number + 1, 0
    if start < len(texts):
        ranges.append(range(start, len(texts)))
    return ranges


def cell_keys(row: I64, column: I64) -> I64:
    """One number for each pair of text and bucket, rising with the text, then the bucket."""
    return row * BUCKETS + column


def present(found: Instances, texts: int) -> Cells:
    """One cell of value 1 for each pair of text and bucket."""
    keys = cell_keys(found.row, found.column)
    keys.sort()
    new = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    keys = keys[new]
    return Cells(keys // BUCKETS, keys % BUCKETS, np.ones(len(keys)), texts)


def weighted(cells: Cells, idf: F32) -> Cells:
    """The cells times idf, each space of each text scaled to length 1 (0 stays 0)."""
    value = cells.value * idf[cells.column]
    space = 2 * cells.row + (cells.column >= WORDS)
    squares = np.bincount(space, weights=value * value, minlength=2 * cells.texts)
    scale = 1.0 / np.sqrt(np.where(squares > 0, squares, 1.0))
    return Cells(cells.row, cells.column, value * scale[space], cells.texts)


def presence_matrix(normalised: Sequence[str]) -> sparse.csr_matrix:
    """(n texts, BUCKETS) of ones and zeros; texts already through `normalise`."""
    parts = []
    for part in slices(normalised):
        chosen = [normalised[number] for number in part]
        parts.append(as_matrix(present(instances(chosen), len(chosen))))
    if not parts:
        return sparse.csr_matrix((0, BUCKETS))
    return sparse.csr_matrix(sparse.vstack(parts, format="csr"))


def as_matrix(cells: Cells) -> sparse.csr_matrix:
    """The same cells as a (texts, BUCKETS) matrix."""
    starts = np.searchsorted(cells.row, np.arange(cells.texts + 1))
    return sparse.csr_matrix((cells.value, cells.column, starts), shape=(cells.texts, BUCKETS))


def weighted_matrix(presence: sparse.csr_matrix, idf: F32) -> sparse.csr_matrix:
    """A presence matrix times idf and scaled, as `weighted` does it for cells."""
    rows = np.repeat(np.arange(presence.shape[0], dtype=np.int64), np.diff(presence.indptr))
    cells = Cells(rows, presence.indices.astype(np.int64), presence.data, presence.shape[0])
    return as_matrix(weighted(cells, idf))


def inverse_document_frequency(presence: sparse.csr_matrix) -> F32:
    """ln((1 + n) / (1 + texts with the bucket)) + 1 for each bucket; 0 where no text has it.

    A bucket that training never saw carries no weight, so it must not shrink the others either.
    """
    frequency = np.bincount(presence.indices, minlength=BUCKETS)
    idf = np.log((1 + presence.shape[0]) / (1 + frequency)) + 1
    return np.where(frequency > 0, idf, 0).astype(np.float32)
