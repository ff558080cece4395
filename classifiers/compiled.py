"""The fast path: the same scores as `Model`, several times sooner, where numba is installed.

Nothing here imports numba before the first use, which takes about a second from numba's own store
of compiled code and half a minute the very first time: `warm_up` does it ahead of the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from classifiers.compiled_tables import tables
from classifiers.features import F32, F64, slices
from classifiers.model import LONGEST_TEXT, Model
from classifiers.ngrams import I64, WINDOW_BITS, WORD_BITS
from classifiers.normalise import normalise
from classifiers.scripts import SCRIPTS

U32 = NDArray[np.uint32]


@cache
def available() -> bool:
    """Whether numba is installed; does not import it."""
    return find_spec("numba") is not None


@dataclass(frozen=True)
class Screening:
    """One value for each text, as in `Prediction`; score 0 where there is nothing to read."""

    scores: F64
    readable: NDArray[np.bool_]
    known: NDArray[np.bool_]


class Compiled:
    """A model made ready for the compiled functions. Threads may share it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._pairs: F32 = np.stack([model.idf, model.coef], axis=1)
        self._limits = _limits(model)

    def warm_up(self) -> None:
        """Compile, or load what was compiled before: a text of each way through."""
        self.screen(["satu dua", "j.i.h.a.d"])

    def scores(self, texts: Sequence[str]) -> F64:
        """The score of each text, 0..1: `Model.scores` to 1e-6."""
        return self.screen(texts).scores

    def screen(self, texts: Sequence[str]) -> Screening:
        """Scores and what is said of the reading itself, for any strings, in order."""
        decision = np.empty(len(texts))
        readable, known = np.empty((2, len(texts)), dtype=np.uint8)
        cut = [text[:LONGEST_TEXT] for text in texts]
        for part in slices(cut):
            rows = slice(part.start, part.stop)
            self._measure(cut[rows], decision[rows], readable[rows], known[rows])
        can_read = readable.astype(bool)
        scores = np.where(can_read, self.model.sigmoid(decision + self.model.constant), 0.0)
        return Screening(scores, can_read, ~can_read | known.astype(bool))

    def _measure(
        self,
        texts: list[str],
        decision: F64,
        readable: NDArray[np.uint8],
        known: NDArray[np.uint8],
    ) -> None:
        signs, ends = normalised_signs(texts)
        found = tables()
        _kernels("compiled_scoring").measure_batch(
            signs,
            ends,
            found.kinds,
            found.scripts,
            found.keys,
            (WORD_BITS, WINDOW_BITS),
            self._pairs,
            self._limits,
            float(np.log1p(self.model.texts_seen)),
            found.placeholders,
            decision,
            readable,
            known,
        )


def normalised_signs(texts: Sequence[str]) -> tuple[U32, I64]:
    """What `normalise` makes of each text, as code points one after another, and where each ends."""
    found = tables()
    signs, ends = _signs(texts)
    out, out_ends = _kernels("compiled_normalise").normalise_batch(
        signs, ends, found.fold, found.expansion, found.starts, found.classes
    )
    rows = np.flatnonzero(out_ends < 0)
    if not len(rows):
        return out, out_ends
    return _inserted(out, out_ends, rows, [normalise(texts[row]) for row in rows.tolist()])


def _signs(texts: Sequence[str]) -> tuple[U32, I64]:
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(joined, dtype=np.uint32), np.cumsum(lengths)


def _inserted(out: U32, ends: I64, rows: I64, texts: list[str]) -> tuple[U32, I64]:
    """The signs with further texts put in at their rows."""
    signs, own_ends = _signs(texts)
    lengths = np.diff(own_ends, prepend=0)
    at = -1 - ends[rows]
    inserted = np.insert(out, np.repeat(at, lengths), signs)
    ends = np.where(ends < 0, -1 - ends, ends)
    added = np.zeros(len(ends), dtype=np.int64)
    added[rows] = lengths
    return inserted, ends + np.cumsum(added)


def _limits(model: Model) -> F64:
    """For each script, no letter first: the rarity above which a text is unknown; NaN: unseen."""
    known = dict(zip(model.familiarity.scripts, model.familiarity.rarest, strict=True))
    return np.array([np.nan, *(known.get(name, np.nan) for name in SCRIPTS)])


@cache
def _kernels(name: str) -> ModuleType:
    from importlib import import_module

    return import_module(f"classifiers.{name}")
