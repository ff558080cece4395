"""Rows in, a calibrated model out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classifiers.artefact import versioned
from classifiers.calibration import Goal, choose_threshold, fit_sigmoid
from classifiers.evaluation import measures
from classifiers.familiarity import learn_familiarity
from classifiers.features import inverse_document_frequency, weighted_matrix
from classifiers.head_training import train_heads
from classifiers.held_out import Advance, HeldOut, Prepared, Say, held_out, prepare
from classifiers.model import Model
from classifiers.promise import promise
from classifiers.table import Row, data_hash


@dataclass(frozen=True, eq=False)
class Trained:
    """A model with the rows it learnt from and the scores that its folds gave them."""

    model: Model
    prepared: Prepared
    held_out: HeldOut


def train(
    rows: Sequence[Row],
    goal: Goal | None = None,
    say: Say = lambda sentence: None,
    advance: Advance = lambda share: None,
    remember: Mapping[str, Any] | None = None,
) -> Model:
    """A model fitted on all rows, calibrated on scores that its folds held out; see `fit`."""
    return fit(rows, goal, say, advance, remember).model


def fit(
    rows: Sequence[Row],
    goal: Goal | None = None,
    say: Say = lambda sentence: None,
    advance: Advance = lambda share: None,
    remember: Mapping[str, Any] | None = None,
) -> Trained:
    """The model, and the held-out scores that its threshold and its figures come from.

    goal: what the threshold is for (default: best macro-F1). say: hears sentences for people, such
    as dropped rows. advance: hears the share done, 0..1. remember: JSON kept in the model's
    `about`. Raises TableError for contradictory rows, TrainingError for too few rows or one class.
    """
    goal = goal or Goal()
    prepared = prepare(rows, say)
    advance(0.1)
    seen = held_out(prepared, advance=lambda share: advance(0.1 + 0.6 * share))
    threshold = choose_threshold(seen.scores, prepared.positive, goal)
    idf = inverse_document_frequency(prepared.presence)
    features = weighted_matrix(prepared.presence, idf)
    estimator = seen.estimator.fit(features, prepared.positive)
    advance(0.8)
    heads = train_heads(features, [row.codes for row in prepared.rows], prepared.fold, say)
    model = Model(
        version="",
        threshold=threshold,
        idf=idf,
        coef=estimator.coef_.ravel().astype(np.float32),
        constant=float(estimator.intercept_[0]),
        sigmoid=fit_sigmoid(seen.decision, prepared.positive),
        familiarity=learn_familiarity(prepared.texts, prepared.presence),
        texts_seen=len(prepared.rows),
        heads=heads,
        about=_about(prepared, seen, goal, threshold) | dict(remember or {}),
    )
    advance(1.0)
    return Trained(versioned(model), prepared, seen)


def _about(prepared: Prepared, seen: HeldOut, goal: Goal, threshold: float) -> dict[str, Any]:
    """Facts for people: figures and presence, never a text."""
    return {
        "rows": len(prepared.rows),
        "positives": int(prepared.positive.sum()),
        "data_sha256": data_hash(prepared.rows),
        "estimator": {name: value for name, value in seen.estimator.get_params().items()},
        "held_out": measures(seen.scores, prepared.positive, threshold),
        "threshold": promise(seen.scores, prepared.positive, threshold, goal).facts(),
    }
