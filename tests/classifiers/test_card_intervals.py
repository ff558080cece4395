"""Intervals cover what they promise, and the figures inside are those of scikit-learn."""

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    precision_recall_curve,
    roc_auc_score,
)

from classifiers import intervals
from classifiers.intervals import (
    F64,
    Estimate,
    Flags,
    bounded_rate,
    precision_recall,
    ranking,
    rate,
)


def scored(n: int, seed: int, digits: int = 9) -> tuple[F64, Flags]:
    """Scores that rank three in ten positives well, not perfectly; few digits make ties."""
    draws = np.random.default_rng(seed)
    positive = draws.random(n) < 0.3
    scores = np.clip(0.35 * positive + 0.65 * draws.random(n), 0, 1)
    return np.round(scores, digits), positive


def test_rate_of_half_the_rows_has_the_interval_of_the_tables() -> None:
    found = rate(5, 10)

    assert found is not None
    assert (found.value, found.n, found.hits) == (0.5, 10, 5)
    assert found.low == pytest.approx(0.1871, abs=1e-4)
    assert found.high == pytest.approx(0.8129, abs=1e-4)


def test_no_hits_and_all_hits_end_at_nothing_and_everything() -> None:
    none, everything = rate(0, 12), rate(12, 12)

    assert none is not None
    assert everything is not None
    assert none.low == 0
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 12))
    assert everything.low == pytest.approx(0.025 ** (1 / 12))
    assert everything.high == 1


def test_rate_without_rows_is_no_rate() -> None:
    assert rate(0, 0) is None


@pytest.mark.parametrize("truth", [0.003, 0.02, 0.1, 0.5, 0.93])
@pytest.mark.parametrize("n", [7, 40, 150])
def test_intervals_of_rates_cover_the_truth_as_often_as_they_say(truth: float, n: int) -> None:
    two_sided = one_sided = 0.0
    for hits, chance in enumerate(binom.pmf(np.arange(n + 1), n, truth)):
        found = rate(hits, n)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        two_sided += chance * (found.low <= truth <= found.high)
        one_sided += chance * (truth <= bounded_rate(hits, n).upper)

    assert two_sided >= 0.95 - 1e-9
    assert one_sided >= 0.95 - 1e-9


def test_one_sided_bound_of_no_flags_is_the_rule_of_three() -> None:
    assert bounded_rate(0, 300).upper == pytest.approx(1 - 0.05 ** (1 / 300))
    assert bounded_rate(0, 300).upper == pytest.approx(3 / 300, rel=0.01)
    assert bounded_rate(4, 4).upper == 1


@pytest.mark.parametrize("digits", [9, 1, 0])
def test_figures_are_those_of_scikit_learn_ties_included(digits: int) -> None:
    scores, positive = scored(400, 3, digits)

    found = ranking(scores, positive, 0.5)

    assert found.average_precision is not None
    assert found.roc_auc is not None
    assert found.macro_f1 is not None
    assert found.average_precision.value == pytest.approx(average_precision_score(positive, scores))
    assert found.roc_auc.value == pytest.approx(roc_auc_score(positive, scores))
    assert found.brier.value == pytest.approx(brier_score_loss(positive, scores))
    assert found.calibration_bias.value == pytest.approx(scores.mean() - positive.mean())
    assert found.macro_f1.value == pytest.approx(f1_score(positive, scores >= 0.5, average="macro"))


def test_intervals_are_those_of_a_bootstrap_row_by_row() -> None:
    scores, positive = scored(150, 4, 2)
    draws = np.random.default_rng(99)
    slow = []
    for _ in range(800):
        rows = draws.integers(0, 150, 150)
        slow.append(
            (
                average_precision_score(positive[rows], scores[rows]),
                roc_auc_score(positive[rows], scores[rows]),
                np.mean((scores[rows] - positive[rows]) ** 2),
                np.mean(scores[rows] - positive[rows]),
            )
        )

    found = ranking(scores, positive, 0.5)

    quick = (found.average_precision, found.roc_auc, found.brier, found.calibration_bias)
    for column, estimate in enumerate(quick):
        assert estimate is not None
        ends = np.percentile([row[column] for row in slow], [2.5, 97.5])
        width = ends[1] - ends[0]
        assert estimate.low == pytest.approx(ends[0], abs=0.25 * width)
        assert estimate.high == pytest.approx(ends[1], abs=0.25 * width)


def test_bootstrap_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    everything, labels = scored(200_000, 5)
    truth = {
        "roc_auc": roc_auc_score(labels, everything),
        "brier": float(np.mean((everything - labels) ** 2)),
        "macro_f1": f1_score(labels, everything >= 0.5, average="macro"),
    }
    inside = dict.fromkeys(truth, 0)

    for seed in range(100):
        found = ranking(*scored(200, 1000 + seed), 0.5)
        for name, value in truth.items():
            estimate: Estimate = getattr(found, name)
            assert estimate.low is not None
            assert estimate.high is not None
            inside[name] += estimate.low <= value <= estimate.high

    # 95 expected; of a hundred samples, fewer than 87 happen once in a thousand times.
    assert min(inside.values()) >= 87, inside


def test_same_rows_give_the_same_intervals_in_any_order() -> None:
    scores, positive = scored(300, 6)
    shuffled = np.random.default_rng(0).permutation(300)

    assert ranking(scores, positive, 0.4) == ranking(scores, positive, 0.4)
    again = ranking(scores[shuffled], positive[shuffled], 0.4)
    first = ranking(scores, positive, 0.4)
    assert again.roc_auc is not None
    assert first.roc_auc is not None
    assert again.roc_auc.low == pytest.approx(first.roc_auc.low)


def test_many_rows_are_resampled_in_blocks_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores, positive = scored(201, 7)
    whole = ranking(scores, positive, 0.5)

    monkeypatch.setattr(intervals, "_CELLS_AT_ONCE", 201 * 7)

    assert ranking(scores, positive, 0.5) == whole


@pytest.mark.parametrize("label", [False, True])
def test_rows_of_one_kind_have_no_ranking_but_a_brier_score(label: bool) -> None:
    scores = np.linspace(0, 1, 30)

    found = ranking(scores, np.full(30, label), 0.5)

    assert (found.average_precision, found.roc_auc, found.macro_f1) == (None, None, None)
    assert found.brier.low is not None
    assert precision_recall(scores, np.full(30, label)) is None


def test_few_rows_give_figures_without_an_interval() -> None:
    scores, positive = np.linspace(0, 1, 30), np.arange(30) >= 21

    found = ranking(scores, positive, 0.5)

    assert found.average_precision == Estimate(1.0, None, None, 30)
    curve = precision_recall(scores, positive)
    assert curve is not None
    assert curve.low == curve.high == ()
    assert ranking(np.array([0.2]), np.array([False]), 0.5).brier.low is None


def test_curve_is_that_of_scikit_learn_inside_its_band() -> None:
    scores, positive = scored(500, 8, 2)
    precision, recall, _ = precision_recall_curve(positive, scores)

    curve = precision_recall(scores, positive)

    assert curve is not None
    for target, value in zip(curve.recall, curve.precision, strict=True):
        first = np.flatnonzero(recall >= target - 1e-12).max()
        assert value == pytest.approx(precision[first])
    band = zip(curve.precision, curve.low, curve.high, strict=True)
    assert np.mean([low <= value <= high for value, low, high in band]) > 0.95
