"""The fast path: the predictions of `Model`, several times sooner, where numba is installed.

numba is not imported before the first use. That takes about a second when numba finds what it
compiled before, and half a minute when it does not; it happens in a thread of its own, and until it
is done the reference answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from classifiers.calibration import Sigmoid
from classifiers.compiled_gate import Gate, available, kernels
from classifiers.compiled_signs import U32, normalised_signs
from classifiers.compiled_tables import tables
from classifiers.familiarity import Familiarity
from classifiers.features import F32, F64, slices
from classifiers.heads import Heads, no_heads
from classifiers.model import LONGEST_TEXT, Model
from classifiers.ngrams import BUCKETS, I64, SHORT_BITS, WINDOW_BITS, WORD_BITS
from classifiers.prediction import CodeScore, Prediction, Reason
from classifiers.reasons import MOST
from classifiers.scripts import SCRIPTS

Flags = NDArray[np.bool_]


def fastest(model: Model) -> Model:
    """The same model, on the compiled path where numba is installed."""
    if not available() or isinstance(model, CompiledModel):
        return model
    return CompiledModel(**{each.name: getattr(model, each.name) for each in fields(Model)})


def reference(model: Model) -> Model:
    """The same model off the compiled path."""
    return Model(**{each.name: getattr(model, each.name) for each in fields(Model)})


@dataclass(frozen=True)
class Screening:
    """One value for each text, as in `Prediction`; score 0 where there is nothing to read."""

    scores: F64
    readable: Flags
    known: Flags


class CompiledModel(Model):
    """A model whose `predict` and `scores` are compiled; the scores are the same to 1e-6.

    `warm_up` makes the compiled code ready; without that call it is made ready in the background
    once `compiled_gate.WORTH_COMPILING` texts were read.
    """

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """As `Model.predict`."""
        if not _gate().is_open(len(texts)):
            return super().predict(texts)
        cut = [text[:LONGEST_TEXT] for text in texts]
        predictions: list[Prediction] = []
        for part in slices(cut):
            signs, ends = normalised_signs(cut[part.start : part.stop])
            predictions.extend(self._predictions(signs, ends))
        return predictions

    def scores(self, texts: Sequence[str]) -> F64:
        """As `Model.scores`."""
        if not _gate().is_open(len(texts)):
            return super().scores(texts)
        cut = [text[:LONGEST_TEXT] for text in texts]
        found = np.empty(len(cut))
        for part in slices(cut):
            signs, ends = normalised_signs(cut[part.start : part.stop])
            found[part.start : part.stop] = self._screen(signs, ends).scores
        return found

    def warm_up(self) -> None:
        """Compile, or load what was compiled before, now: some seconds."""
        _gate().wait()

    def _screen(self, signs: U32, ends: I64) -> Screening:
        decision = np.empty(len(ends))
        readable, known = np.empty((2, len(ends)), dtype=np.uint8)
        found = tables()
        kernels("scoring").measure_batch(
            signs,
            ends,
            found.kinds,
            found.scripts,
            found.keys,
            (WORD_BITS, WINDOW_BITS, SHORT_BITS),
            self._pairs,
            self._limits,
            float(np.log1p(self.texts_seen)),
            found.placeholders,
            decision,
            readable,
            known,
        )
        can_read = readable.astype(bool)
        scores = self.sigmoid(decision + self.constant) * can_read
        return Screening(scores, can_read, ~can_read | known.astype(bool))

    def _predictions(self, signs: U32, ends: I64) -> list[Prediction]:
        screening = self._screen(signs, ends)
        reasons, codes = self._explained(signs, ends)
        columns = (screening.scores, screening.readable, screening.known)
        rows = zip(*(column.tolist() for column in columns), codes, reasons, strict=True)
        return [self._prediction(*row) for row in rows]

    def _explained(
        self, signs: U32, ends: I64
    ) -> tuple[list[tuple[Reason, ...]], list[tuple[CodeScore, ...]]]:
        spans = np.empty((len(ends), MOST, 2), dtype=np.int64)
        weights = np.empty((len(ends), MOST))
        head_sums = np.empty((len(ends), len(self.heads.codes)))
        found = tables()
        kernels("reasons").explain_batch(
            signs,
            ends,
            found.kinds,
            found.keys,
            (WORD_BITS, WINDOW_BITS, SHORT_BITS),
            self._pairs,
            found.edges,
            *self._head_arrays,
            spans,
            weights,
            head_sums,
        )
        text = signs.tobytes().decode("utf-32-le")
        return _reasons(text, spans, weights), _codes(self.heads, head_sums)

    @cached_property
    def _pairs(self) -> F32:
        """(buckets, 2) of idf and weight: what is needed together lies together."""
        return np.stack([self.idf, self.coef], axis=1)

    @cached_property
    def _head_arrays(self) -> tuple[NDArray[np.int32], F32]:
        """For each bucket its row in the second array, or -1; a row has a weight for each code."""
        place = np.full(BUCKETS, -1, dtype=np.int32)
        place[self.heads.columns] = np.arange(len(self.heads.columns), dtype=np.int32)
        return place, np.ascontiguousarray(self.heads.weights)

    @cached_property
    def _limits(self) -> F64:
        """For each script, no letter first: the rarity above which a text is unknown, or NaN."""
        known = dict(zip(self.familiarity.scripts, self.familiarity.rarest, strict=True))
        return np.array([np.nan, *(known.get(name, np.nan) for name in SCRIPTS)])


@cache
def _gate() -> Gate:
    """One for the process, as compiled code is."""
    return Gate(_exercise)


def _exercise() -> None:
    """Run every compiled function once, on a model that has learnt nothing."""
    nothing = np.zeros(BUCKETS, dtype=np.float32)
    model = CompiledModel(
        "", 0.5, nothing, nothing, 0.0, Sigmoid(1.0, 0.0), Familiarity((), ()), 0, no_heads()
    )
    model._predictions(*normalised_signs(["satu dua", "j.i.h.a.d"]))


def _reasons(text: str, spans: I64, weights: F64) -> list[tuple[Reason, ...]]:
    """text: all texts of the batch, one after another."""
    return [
        tuple(
            Reason(text[first:last], weight)
            for (first, last), weight in zip(of_row, values, strict=True)
            if weight
        )
        for of_row, values in zip(spans.tolist(), weights.tolist(), strict=True)
    ]


def _codes(heads: Heads, sums: F64) -> list[tuple[CodeScore, ...]]:
    """For each text the codes at or above their own thresholds, best first."""
    found: list[tuple[CodeScore, ...]] = [()] * len(sums)
    scores = expit(heads.slopes * (sums + heads.constants) + heads.offsets)
    for row in np.flatnonzero((scores >= heads.thresholds).any(axis=1)).tolist():
        above = np.flatnonzero(scores[row] >= heads.thresholds).tolist()
        above.sort(key=lambda code: -scores[row, code])
        found[row] = tuple(CodeScore(heads.codes[code], float(scores[row, code])) for code in above)
    return found
