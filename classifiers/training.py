"""Rows in, a calibrated model out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.artefact import versioned
from classifiers.calibration import F64, Goal, choose_threshold, fit_sigmoid
from classifiers.errors import TrainingError
from classifiers.evaluation import measures
from classifiers.familiarity import learn_familiarity
from classifiers.features import inverse_document_frequency, presence_matrix, weighted_matrix
from classifiers.folds import FOLDS, fold_of_each, related_texts
from classifiers.head_training import train_heads
from classifiers.linear import MeanOfMargins, machine, ratio_machine
from classifiers.model import Model
from classifiers.ngrams import I64
from classifiers.normalise import normalise
from classifiers.table import Row, data_hash, without_repeats

FEWEST_ROWS = 20
# (C, ratio_C, alpha, balance): each was best on five folds of some corpus; a training takes the one
# of lowest loss on its own folds.
CANDIDATES = (
    (0.3, 0.3, 1.0, 1.0),
    (0.3, 0.3, 0.3, 1.0),
    (0.3, 0.3, 1.0, 0.0),
    (0.3, 0.1, 0.3, 0.0),
)

Say = Callable[[str], None]
Advance = Callable[[float], None]


def train(
    rows: Sequence[Row],
    goal: Goal | None = None,
    say: Say = lambda sentence: None,
    advance: Advance = lambda share: None,
    remember: Mapping[str, str] | None = None,
) -> Model:
    """A model fitted on all rows, calibrated on scores that its folds held out.

    goal: what the threshold is for (default: best macro-F1). say: hears sentences for people, such
    as dropped rows. advance: hears the share done, 0..1. remember: kept in the model's `about`.
    Raises TableError for contradictory rows, TrainingError for too few rows or one class only.
    """
    rows = _usable(rows, say)
    positive = np.array([row.label == 1 for row in rows])
    texts = [normalise(row.text) for row in rows]
    presence = presence_matrix(texts)
    advance(0.1)
    fold = fold_of_each(positive, related_texts(presence, [row.pair for row in rows]))
    estimator, decision = _best_candidate(presence, positive, fold, advance)
    sigmoid = fit_sigmoid(decision, positive)
    threshold = choose_threshold(sigmoid(decision), positive, goal or Goal())
    idf = inverse_document_frequency(presence)
    features = weighted_matrix(presence, idf)
    estimator.fit(features, positive)
    advance(0.8)
    heads = train_heads(features, [row.codes for row in rows], fold, say)
    advance(1.0)
    return versioned(
        Model(
            version="",
            threshold=threshold,
            idf=idf,
            coef=estimator.coef_.ravel().astype(np.float32),
            constant=float(estimator.intercept_[0]),
            sigmoid=sigmoid,
            familiarity=learn_familiarity(texts, presence),
            texts_seen=len(rows),
            heads=heads,
            about=_about(rows, positive, estimator, goal, sigmoid(decision), threshold)
            | dict(remember or {}),
        )
    )


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


def _best_candidate(
    presence: sparse.csr_matrix, positive: NDArray[np.bool_], fold: I64, advance: Advance
) -> tuple[MeanOfMargins, F64]:
    """The candidate of lowest held-out log loss, unfitted, and its held-out decision values."""
    decisions = np.empty((len(CANDIDATES), len(positive)))
    for number in range(FOLDS):
        held_out = fold == number
        idf = inverse_document_frequency(presence[~held_out])
        seen = weighted_matrix(presence[~held_out], idf)
        unseen = weighted_matrix(presence[held_out], idf)
        plain: dict[float, tuple[F64, float]] = {}
        for place, (strength, *ratio_settings) in enumerate(CANDIDATES):
            if strength not in plain:
                plain[strength] = machine(seen, positive[~held_out], strength)
            scaled = ratio_machine(seen, positive[~held_out], *ratio_settings)
            weights = (plain[strength][0] + scaled[0]) / 2
            constant = (plain[strength][1] + scaled[1]) / 2
            decisions[place, held_out] = unseen @ weights + constant
        advance(0.1 + 0.6 * (number + 1) / FOLDS)
    losses = [_log_loss(decision, positive, fold) for decision in decisions]
    best = int(np.argmin(losses))
    return MeanOfMargins(*CANDIDATES[best]), decisions[best]


def _log_loss(decision: F64, positive: NDArray[np.bool_], fold: I64) -> float:
    """Mean log loss, each fold calibrated on the others."""
    total = 0.0
    for number in range(FOLDS):
        held_out = fold == number
        sigmoid = fit_sigmoid(decision[~held_out], positive[~held_out])
        margin = sigmoid.slope * decision[held_out] + sigmoid.offset
        total += float(np.logaddexp(0, np.where(positive[held_out], -margin, margin)).sum())
    return total / len(decision)


def _about(
    rows: Sequence[Row],
    positive: NDArray[np.bool_],
    estimator: MeanOfMargins,
    goal: Goal | None,
    scores: F64,
    threshold: float,
) -> dict[str, Any]:
    """Facts for people: figures and presence, never a text."""
    goal = goal or Goal()
    return {
        "rows": len(rows),
        "positives": int(positive.sum()),
        "data_sha256": data_hash(rows),
        "estimator": {name: value for name, value in estimator.get_params().items()},
        "goal": {"recall": goal.recall, "benign_rate": goal.benign_rate},
        "held_out": measures(scores, positive, threshold),
    }
