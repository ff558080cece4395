"""Calibration and thresholds on scores whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import f1_score

from classifiers.calibration import Goal, choose_threshold, fit_sigmoid, threshold_for_recall

LABELLED = st.lists(
    st.tuples(st.integers(0, 20).map(lambda tick: tick / 20), st.booleans()),
    min_size=4,
    max_size=40,
).filter(lambda rows: 0 < sum(label for _, label in rows) < len(rows))


def test_sigmoid_recovers_the_slope_that_made_the_labels() -> None:
    draws = np.random.default_rng(1)
    decision = draws.normal(size=20_000)
    positive = draws.random(20_000) < expit(3 * decision - 1)

    sigmoid = fit_sigmoid(decision, positive)

    assert sigmoid.slope == pytest.approx(3, abs=0.15)
    assert sigmoid.offset == pytest.approx(-1, abs=0.1)


def test_separated_scores_do_not_become_certain() -> None:
    decision = np.array([-2.0, -1.5, 1.5, 2.0])
    sigmoid = fit_sigmoid(decision, decision > 0)

    assert 0.05 < sigmoid(decision)[0] < sigmoid(decision)[-1] < 0.95


@given(LABELLED)
def test_no_cut_has_a_better_macro_f1_than_the_chosen_one(rows: list[tuple[float, bool]]) -> None:
    scores = np.array([score for score, _ in rows])
    positive = np.array([label for _, label in rows])

    chosen = choose_threshold(scores, positive, Goal())

    def macro_f1(threshold: float) -> float:
        return float(f1_score(positive, scores >= threshold, average="macro", zero_division=0))

    assert macro_f1(chosen) >= max(macro_f1(cut) for cut in np.unique(scores)) - 1e-12


@given(LABELLED, st.floats(0.01, 1))
def test_recall_goal_is_met_by_the_highest_threshold(
    rows: list[tuple[float, bool]], recall: float
) -> None:
    found = np.array([score for score, label in rows if label])

    threshold = threshold_for_recall(found, recall)

    assert np.mean(found >= threshold) >= recall - 1e-9
    assert np.mean(found > threshold) < recall


@given(LABELLED, st.floats(0.01, 1))
def test_benign_rate_goal_is_never_exceeded(rows: list[tuple[float, bool]], rate: float) -> None:
    scores = np.array([score for score, _ in rows])
    positive = np.array([label for _, label in rows])

    threshold = choose_threshold(scores, positive, Goal(benign_rate=rate))

    assert np.mean(scores[~positive] >= threshold) <= rate + 1e-9
