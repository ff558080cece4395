"""Texts as code points, normalised by compiled code or, where that declines, by `normalise`."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.compiled_gate import kernels
from classifiers.compiled_tables import tables
from classifiers.ngrams import I64
from classifiers.normalise import normalise

U32 = NDArray[np.uint32]


def normalised_signs(texts: Sequence[str]) -> tuple[U32, I64]:
    """What `normalise` makes of the texts, as code points one after another; where each ends."""
    found = tables()
    signs, ends = code_points(texts)
    out, out_ends = kernels("normalise").normalise_batch(
        signs, ends, found.fold, found.expansion, found.starts, found.classes
    )
    rows = np.flatnonzero(out_ends < 0)
    if not len(rows):
        return out, out_ends
    return _inserted(out, out_ends, rows, [normalise(texts[row]) for row in rows.tolist()])


def code_points(texts: Sequence[str]) -> tuple[U32, I64]:
    """The texts as code points one after another, and where each ends."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(joined, dtype=np.uint32), np.cumsum(lengths)


def _inserted(out: U32, ends: I64, rows: I64, texts: list[str]) -> tuple[U32, I64]:
    """The signs with further texts put in at their rows."""
    signs, own_ends = code_points(texts)
    lengths = np.diff(own_ends, prepend=0)
    at = -1 - ends[rows]
    inserted = np.insert(out, np.repeat(at, lengths), signs)
    ends = np.where(ends < 0, -1 - ends, ends)
    added = np.zeros(len(ends), dtype=np.int64)
    added[rows] = lengths
    return inserted, ends + np.cumsum(added)
