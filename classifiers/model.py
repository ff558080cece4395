"""A trained model: text in, predictions out. Immutable, so any number of threads may share it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Sigmoid
from classifiers.codes import HARM_CODES, PURPOSE_CODES
from classifiers.familiarity import Familiarity
from classifiers.features import F32, F64, Cells, present, slices, weighted
from classifiers.heads import Heads
from classifiers.ngrams import Instances, instances
from classifiers.normalise import PLACEHOLDERS, normalise
from classifiers.prediction import CodeScore, Prediction, Reason
from classifiers.reasons import contributions, instance_weights, strongest
from classifiers.scripts import letters_by_script

# Far more than a post can hold (4,096 signs): what stands behind it is not read.
LONGEST_TEXT = 100_000
_ALL_PLACEHOLDERS_BELOW = 200


@dataclass(frozen=True)
class Model:
    """One weight vector over hashed n-grams, a sigmoid, a threshold, and a head for each code.

    version: from the content of the artefact; equal versions predict equally.
    threshold: flag at or above it, 0..1. labels: of the classes 0 and 1.
    idf, coef: one float per bucket, 0 where training saw nothing. texts_seen: training texts.
    about: facts for people (data, held-out figures), kept in the JSON.
    """

    version: str
    threshold: float
    idf: F32
    coef: F32
    constant: float
    sigmoid: Sigmoid
    familiarity: Familiarity
    texts_seen: int
    heads: Heads
    labels: tuple[str, str] = ("benign", "propaganda")
    about: dict[str, Any] = field(default_factory=dict)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """A prediction for each text, in order. Any string is taken; only the first LONGEST_TEXT
        signs of a text are read."""
        normalised = [normalise(text[:LONGEST_TEXT]) for text in texts]
        predictions: list[Prediction] = []
        for part in slices(normalised):
            predictions.extend(self._predict_slice([normalised[number] for number in part]))
        return predictions

    def scores(self, texts: Sequence[str]) -> F64:
        """The score of each text alone: what `predict` gives, several times faster."""
        normalised = [normalise(text[:LONGEST_TEXT]) for text in texts]
        found = np.zeros(len(normalised))
        for part in slices(normalised):
            chosen = [normalised[number] for number in part]
            decision, _, _ = self._decide(chosen)
            found[part.start : part.stop] = np.where(readable(chosen), self.sigmoid(decision), 0.0)
        return found

    def decision(self, text: str) -> tuple[float, dict[str, float]]:
        """The decision value of one text and every word's part in it.

        The parts and the model's constant add up to the value.
        """
        normalised = [normalise(text[:LONGEST_TEXT])]
        decision, found, cells = self._decide(normalised)
        return float(decision[0]), next(self._contributions(normalised, found, cells))

    def save(self, directory: Path) -> None:
        """Write the artefact; see `classifiers.artefact`."""
        from classifiers.artefact import save_model

        save_model(self, directory)

    def _decide(self, normalised: Sequence[str]) -> tuple[F64, Instances, Cells]:
        found = instances(normalised)
        cells = weighted(present(found, len(normalised)), self.idf)
        parts = cells.value * self.coef[cells.column]
        sums = np.asarray(np.bincount(cells.row, parts, cells.texts), dtype=np.float64)
        decision: F64 = sums + self.constant
        return decision, found, cells

    def _contributions(
        self, normalised: Sequence[str], found: Instances, cells: Cells
    ) -> Iterator[dict[str, float]]:
        weights = instance_weights(found, cells, cells.value * self.coef[cells.column])
        return contributions(normalised, found, weights)

    def _predict_slice(self, normalised: Sequence[str]) -> list[Prediction]:
        decision, found, cells = self._decide(normalised)
        letters = letters_by_script(normalised)
        can_read = readable(normalised, letters)
        scores = np.where(can_read, self.sigmoid(decision), 0.0)
        unknown = self.familiarity.foreign_script(letters) | self.familiarity.too_rare(
            letters, cells, self.idf, float(np.log1p(self.texts_seen))
        )
        codes = _codes_above(self.heads, cells)
        sums = self._contributions(normalised, found, cells)
        return [
            self._prediction(
                float(scores[row]),
                bool(can_read[row]),
                bool(not can_read[row] or not unknown[row]),
                codes[row],
                strongest(of_text),
            )
            for row, of_text in enumerate(sums)
        ]

    def _prediction(
        self,
        score: float,
        can_read: bool,
        known: bool,
        codes: tuple[CodeScore, ...],
        reasons: tuple[Reason, ...],
    ) -> Prediction:
        if not can_read:
            codes, reasons = (), ()
        return Prediction(
            score=score,
            threshold=self.threshold,
            flagged=can_read and score >= self.threshold,
            harm=tuple(code for code in codes if code.code in HARM_CODES),
            purpose=next((code for code in codes if code.code in PURPOSE_CODES), None),
            reasons=reasons,
            readable=can_read,
            known=known,
            model_version=self.version,
        )


def readable(
    normalised: Sequence[str], letters: NDArray[np.int64] | None = None
) -> NDArray[np.bool_]:
    """For each text: is there a word to read? Links and mentions alone are none."""
    if letters is None:
        letters = letters_by_script(normalised)
    flags = np.asarray(letters.sum(axis=1) > 0)
    for row, text in enumerate(normalised):
        if len(text) < _ALL_PLACEHOLDERS_BELOW and PLACEHOLDERS.issuperset(text.split(" ")):
            flags[row] = False
    return flags


def _codes_above(heads: Heads, cells: Cells) -> list[tuple[CodeScore, ...]]:
    """For each text the codes at or above their own thresholds, best first."""
    if not heads.codes:
        return [()] * cells.texts
    scores = heads.scores(cells)
    found: list[tuple[CodeScore, ...]] = [()] * cells.texts
    rows = np.flatnonzero((scores >= heads.thresholds).any(axis=1))
    for row in rows.tolist():
        above = np.flatnonzero(scores[row] >= heads.thresholds).tolist()
        above.sort(key=lambda code: -scores[row, code])
        found[row] = tuple(CodeScore(heads.codes[code], float(scores[row, code])) for code in above)
    return found
