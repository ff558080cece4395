"""Folds for held-out scores: stratified, and near-identical texts never on both sides."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedKFold

from classifiers.ngrams import I64

FOLDS = 5
_BANDS, _BAND = 8, 4  # of a text's MinHash; a pair of similarity s meets with 1 - (1 - s**4)**8
_PRIME = (1 << 31) - 1


def related_texts(presence: sparse.csr_matrix, pairs: Sequence[str]) -> I64:
    """A group number for each text: near-identical texts share one, and so do contrast pairs.

    presence: (n, buckets) matrix; pairs: n names, "" for none.
    """
    signature = _minhash(presence)
    links = [
        _links(_keys_of(signature[:, band : band + _BAND]))
        for band in range(0, _BANDS * _BAND, _BAND)
    ]
    links.append(_links(np.array([pair or f"\0{row}" for row, pair in enumerate(pairs)])))
    joined = np.concatenate(links, axis=1)
    size = presence.shape[0]
    graph = sparse.coo_matrix((np.ones(joined.shape[1]), (joined[0], joined[1])), (size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def fold_of_each(positive: NDArray[np.bool_], group: I64) -> I64:
    """The fold 0..FOLDS-1 of each row; groups stay whole where there are enough of them."""
    members = np.bincount(group)
    mostly_positive = np.bincount(group, weights=positive) * 2 > members
    fewest = min(int(mostly_positive.sum()), int((~mostly_positive).sum()))
    if fewest < FOLDS:
        return _stratified(positive)
    return _stratified(mostly_positive)[group]


def _stratified(labels: NDArray[np.bool_]) -> I64:
    fold = np.empty(len(labels), dtype=np.int64)
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for number, (_, held_out) in enumerate(splitter.split(np.zeros(len(labels)), labels)):
        fold[held_out] = number
    return fold


def _minhash(presence: sparse.csr_matrix) -> I64:
    """(n, 32) smallest hashed bucket numbers; a text without features gets values of its own."""
    draws = np.random.default_rng(0)
    size = presence.shape[0]
    empty = np.diff(presence.indptr) == 0
    columns = np.append(presence.indices.astype(np.int64), 0)
    signature = np.empty((size, _BANDS * _BAND), dtype=np.int64)
    for number in range(_BANDS * _BAND):
        factor, shift = draws.integers(1, _PRIME, 2)
        hashed = (columns * factor + shift) % _PRIME
        signature[:, number] = np.minimum.reduceat(hashed, presence.indptr[:-1])
    signature[empty] = -1 - np.arange(size)[empty, None]
    return signature


def _keys_of(band: I64) -> NDArray[np.void]:
    rows = np.ascontiguousarray(band)
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()


def _links(keys: NDArray[np.generic]) -> I64:
    """(2, n) edges that join each row to the first row of the same key."""
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    return np.stack([np.arange(len(keys)), first[number]])
