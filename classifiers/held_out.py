"""Scores of rows that the model behind them never saw: the ground of threshold, card and contest.

Near copies and contrast pairs share a fold, so what a fold's model learnt from holds no other
spelling of what it is asked about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.calibration import F64, fit_sigmoid
from classifiers.errors import TrainingError
from classifiers.features import inverse_document_frequency, presence_matrix, weighted_matrix
from classifiers.folds import FOLDS, fold_of_each, related_texts
from classifiers.linear import MeanOfMargins, machine, ratio_machine
from classifiers.ngrams import I64
from classifiers.normalise import normalise
from classifiers.table import Row, without_repeats

Flags = NDArray[np.bool_]
Say = Callable[[str], None]
Advance = Callable[[float], None]

FEWEST_ROWS = 20
# (C, ratio_C, alpha, balance): each was best on five folds of some corpus; a training takes the one
# of lowest loss on its own folds.
CANDIDATES = (
    (0.3, 0.3, 1.0, 1.0),
    (0.3, 0.3, 0.3, 1.0),
    (0.3, 0.3, 1.0, 0.0),
    (0.3, 0.1, 0.3, 0.0),
    (1.0, 0.3, 0.3, 0.0),
)


@dataclass(frozen=True, eq=False)
class Prepared:
    """n rows made ready to learn from: texts normalised, presence (n, BUCKETS), fold 0..FOLDS-1."""

    rows: tuple[Row, ...]
    positive: Flags
    texts: tuple[str, ...]
    presence: sparse.csr_matrix
    fold: I64


@dataclass(frozen=True, eq=False)
class HeldOut:
    """decision: n values, each of a model that did not see the row's fold. scores: the same as
    probabilities, each fold calibrated on the others. estimator: the settings, not fitted."""

    estimator: MeanOfMargins
    decision: F64
    scores: F64


def prepare(rows: Sequence[Row], say: Say = lambda sentence: None) -> Prepared:
    """The usable rows, normalised and dealt into folds; says what was dropped.

    Raises TableError for contradictory rows, TrainingError for too few rows or one class only.
    """
    usable = _usable(rows, say)
    positive = np.array([row.label == 1 for row in usable])
    texts = tuple(normalise(row.text) for row in usable)
    presence = presence_matrix(texts)
    fold = fold_of_each(positive, related_texts(presence, [row.pair for row in usable]))
    return Prepared(tuple(usable), positive, texts, presence, fold)


def held_out(
    prepared: Prepared, learnt: Flags | None = None, advance: Advance = lambda share: None
) -> HeldOut:
    """Scores of all rows under the candidate of lowest held-out log loss.

    learnt: the rows to learn from (default: all); the others are scored alike, by the models that
    do not know their fold. advance: hears the share done, 0..1.
    Raises TrainingError where the learnt rows of some four folds are of one class.
    """
    learnt = np.ones(len(prepared.rows), dtype=bool) if learnt is None else learnt
    decisions = np.empty((len(CANDIDATES), len(prepared.rows)))
    for number in range(FOLDS):
        unseen = prepared.fold == number
        seen = ~unseen & learnt
        _check_both_kinds(prepared.positive[seen])
        decisions[:, unseen] = _of_fold(prepared, seen, unseen)
        advance((number + 1) / FOLDS)
    calibrated = [_calibrated(decision, prepared, learnt) for decision in decisions]
    losses = [_log_loss(scores[learnt], prepared.positive[learnt]) for scores in calibrated]
    best = int(np.argmin(losses))
    return HeldOut(MeanOfMargins(*CANDIDATES[best]), decisions[best], calibrated[best])


def _usable(rows: Sequence[Row], say: Say) -> list[Row]:
    kept = without_repeats(rows, say)
    blank = [row for row in kept if not row.text.strip()]
    if blank:
        say(f"{len(blank)} rows without text dropped, the first at {blank[0].place}.")
        kept = [row for row in kept if row.text.strip()]
    of_class = [sum(row.label == label for row in kept) for label in (0, 1)]
    if not all(of_class) and kept:
        raise TrainingError(
            f"All {len(kept)} rows have label {kept[0].label}, column label: "
            "examples of both 0 and 1 are needed."
        )
    if len(kept) < FEWEST_ROWS or min(of_class) < FOLDS:
        raise TrainingError(
            f"Too few examples: {of_class[1]} with label 1 and {of_class[0]} with label 0; "
            f"at least {FEWEST_ROWS} rows and {FOLDS} of each label are needed."
        )
    return kept


def _check_both_kinds(positive: Flags) -> None:
    if positive.all() or not positive.any():
        raise TrainingError(
            "The rows to learn from are of one label once a fold is held out: more are needed."
        )


def _of_fold(prepared: Prepared, seen: Flags, unseen: Flags) -> F64:
    """(candidates, unseen rows) decision values of models fitted on the seen rows."""
    idf = inverse_document_frequency(prepared.presence[seen])
    features = weighted_matrix(prepared.presence[seen], idf)
    asked = weighted_matrix(prepared.presence[unseen], idf)
    positive = prepared.positive[seen]
    plain: dict[float, tuple[F64, float]] = {}
    decisions = []
    for strength, *ratio_settings in CANDIDATES:
        if strength not in plain:
            plain[strength] = machine(features, positive, strength)
        scaled = ratio_machine(features, positive, *ratio_settings)
        weights = (plain[strength][0] + scaled[0]) / 2
        decisions.append(asked @ weights + (plain[strength][1] + scaled[1]) / 2)
    return np.stack(decisions)


def _calibrated(decision: F64, prepared: Prepared, learnt: Flags) -> F64:
    """Each fold's values through the sigmoid of the other folds' learnt rows."""
    scores = np.empty(len(decision))
    for number in range(FOLDS):
        unseen = prepared.fold == number
        others = ~unseen & learnt
        scores[unseen] = fit_sigmoid(decision[others], prepared.positive[others])(decision[unseen])
    return scores


def _log_loss(scores: F64, positive: Flags) -> float:
    """Mean log loss; a score that rounds to 0 or 1 counts as the nearest one that does not."""
    likely = np.clip(np.where(positive, scores, 1 - scores), np.finfo(np.float64).eps, 1)
    return float(-np.log(likely).mean())
