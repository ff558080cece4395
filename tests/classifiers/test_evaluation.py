"""Measures agree with scikit-learn and are None where they mean nothing."""

import json

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, f1_score, precision_score, recall_score

from classifiers import Model, Row, evaluate
from classifiers.evaluation import measures
from tests.classifiers.conftest import examples


def test_measures_are_those_of_scikit_learn() -> None:
    draws = np.random.default_rng(2)
    positive = draws.random(500) < 0.3
    scores = np.clip(positive * 0.4 + draws.random(500) * 0.6, 0, 1)

    found = measures(scores, positive, 0.55)

    flagged = scores >= 0.55
    assert found["brier"] == pytest.approx(brier_score_loss(positive, scores))
    assert found["macro_f1"] == pytest.approx(f1_score(positive, flagged, average="macro"))
    assert found["macro_f1_at_half"] == pytest.approx(
        f1_score(positive, scores >= 0.5, average="macro")
    )
    assert found["precision"] == pytest.approx(precision_score(positive, flagged))
    assert found["recall"] == pytest.approx(recall_score(positive, flagged))
    assert found["flag_rate"] == pytest.approx(flagged.mean())


def test_calibration_error_of_constant_scores_is_their_distance_from_the_share() -> None:
    positive = np.tile([True, False, False, False], 25)

    found = measures(np.full(100, 0.65), positive, 0.5)

    assert found["ece"] == pytest.approx(0.4, abs=0.06)


def test_perfectly_calibrated_bins_have_no_error() -> None:
    scores = np.repeat([0.0, 1.0], 50)

    assert measures(scores, scores > 0.5, 0.5)["ece"] == 0


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_leaves_ranking_undefined_but_not_the_rest(model: Model, label: int) -> None:
    rows = [row for row in examples() if row.label == label]

    report = evaluate(model, rows)

    json.dumps(report, allow_nan=False)
    for name in ("roc_auc", "average_precision", "macro_f1", "macro_f1_at_half"):
        assert report[name] is None
    assert report["brier"] is not None
    assert (report["recall"] is None) == (label == 0)


def test_groups_and_languages_are_measured_apart(model: Model) -> None:
    rows = [Row(row.text, row.label, lang="en", group=f"g{row.label}") for row in examples()]

    report = evaluate(model, rows)

    assert report["by_group"]["g0"]["n"] == 80
    assert report["by_group"]["g1"]["positives"] == 40
    assert report["by_lang"]["en"]["n"] == 120
    assert report["posts_per_second"] > 0


def test_columns_that_are_absent_give_no_slices(model: Model) -> None:
    report = evaluate(model, [Row(row.text, row.label) for row in examples()])

    assert report["by_group"] == {}
    assert report["by_lang"] == {}
