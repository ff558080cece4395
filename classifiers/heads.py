"""The code axes: one small linear model per harm or purpose code, over the same features."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit

from classifiers.features import Cells
from classifiers.ngrams import BUCKETS

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Heads:
    """c codes over the k buckets that their training texts used.

    columns: k buckets, rising; weights: (k, c); constants, slopes, offsets, thresholds: c each.
    A code's probability is sigmoid(slope * (features @ weights + constant) + offset).
    """

    codes: tuple[str, ...]
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]
    constants: F64
    slopes: F64
    offsets: F64
    thresholds: F64

    def __post_init__(self) -> None:
        place = np.full(BUCKETS, -1, dtype=np.int32)
        place[self.columns] = np.arange(len(self.columns), dtype=np.int32)
        object.__setattr__(self, "_place", place)

    def scores(self, cells: Cells) -> F64:
        """(texts, c) probabilities from weighted cells."""
        place: NDArray[np.int32] = getattr(self, "_place")  # noqa: B009 - set in __post_init__
        at = place[cells.column]
        kept = at >= 0
        value, at = cells.value[kept], at[kept]
        if cells.texts == 1:  # making a sparse matrix takes longer than the product
            sums = value @ self.weights[at]
        else:
            starts = np.searchsorted(cells.row[kept], np.arange(cells.texts + 1))
            shape = (cells.texts, len(self.columns))
            sums = sparse.csr_matrix((value, at, starts), shape=shape) @ self.weights
        decision = np.asarray(sums).reshape(cells.texts, -1) + self.constants
        return np.asarray(expit(self.slopes * decision + self.offsets))


def no_heads() -> Heads:
    """The heads of a model whose training rows carried no codes."""
    none = np.empty(0)
    return Heads(
        (),
        np.empty(0, dtype=np.int32),
        np.empty((0, 0), dtype=np.float32),
        none,
        none,
        none,
        none,
    )
