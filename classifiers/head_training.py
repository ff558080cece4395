"""Training of the code heads: one code against all other rows, calibrated like the main score."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.calibration import F64, Goal, Sigmoid, choose_threshold, fit_sigmoid
from classifiers.codes import HARM_CODES, PURPOSE_CODES
from classifiers.folds import FOLDS
from classifiers.heads import Heads, no_heads
from classifiers.linear import MeanOfMargins
from classifiers.ngrams import I64

FEWEST_EXAMPLES = 8


def train_heads(
    features: sparse.csr_matrix,
    codes_of_row: Sequence[tuple[str, ...]],
    fold: I64,
    say: Callable[[str], None],
) -> Heads:
    """A head for each code with at least FEWEST_EXAMPLES rows; none where no row has a code."""
    used_codes = {code for row in codes_of_row for code in row}
    examples = {
        code: np.array([code in row for row in codes_of_row])
        for code in (*HARM_CODES, *PURPOSE_CODES)
        if code in used_codes
    }
    learnt = [code for code, rows in examples.items() if _can_learn(rows, fold)]
    left = [f"{code} ({rows.sum()})" for code, rows in examples.items() if code not in learnt]
    if left:
        say(f"Codes with too few examples to learn: {', '.join(left)}.")
    if not learnt:
        return no_heads()
    columns = np.unique(features.indices).astype(np.int32)
    used = sparse.csr_matrix(features[:, columns])
    heads = [_train_head(used, examples[code], fold) for code in learnt]
    return Heads(
        codes=tuple(learnt),
        columns=columns,
        # As stored, so that a model predicts the same before and after a save.
        weights=np.stack([head[0] for head in heads], axis=1).astype(np.float16).astype(np.float32),
        constants=np.array([head[1] for head in heads]),
        slopes=np.array([head[2].slope for head in heads]),
        offsets=np.array([head[2].offset for head in heads]),
        thresholds=np.array([head[3] for head in heads]),
    )


def _can_learn(example: NDArray[np.bool_], fold: I64) -> bool:
    """Enough examples, and some outside each fold."""
    if example.sum() < FEWEST_EXAMPLES:
        return False
    return all(example[fold != number].any() for number in range(FOLDS))


def _train_head(
    features: sparse.csr_matrix, example: NDArray[np.bool_], fold: I64
) -> tuple[F64, float, Sigmoid, float]:
    decision = np.empty(len(example))
    estimator = MeanOfMargins()
    for number in range(FOLDS):
        held_out = fold == number
        estimator.fit(features[~held_out], example[~held_out])
        decision[held_out] = estimator.decision_function(features[held_out])
    sigmoid = fit_sigmoid(decision, example)
    threshold = choose_threshold(sigmoid(decision), example, Goal())
    estimator.fit(features, example)
    return estimator.coef_.ravel(), float(estimator.intercept_[0]), sigmoid, threshold
