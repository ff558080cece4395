"""What the classifier is worth on corpora that are not part of the project.

Trained on `train`, measured on `dev` and `probe`, nothing chosen on these. The limits stand a bit
below what was measured, so that they catch a loss and not a rounding.
"""

from pathlib import Path

import numpy as np
import pytest

from classifiers import Model, evaluate, train
from classifiers.calibration import threshold_for_recall
from classifiers.table import evaluation_rows, training_rows

RADICALISM, EVERYDAY = "id_radicalism.csv", "id_everyday_negatives.csv"
BENIGN = "id_benign_religion_news_protest.csv"


@pytest.mark.parametrize(
    ("name", "macro_f1", "average_precision", "brier"),
    [
        (RADICALISM, 0.88, 0.83, 0.050),
        ("id_hate_speech.csv", 0.87, 0.935, 0.090),
        ("en_telegram_threats.csv", 0.83, 0.95, 0.110),
        ("uk_ru_telegram_manipulation.csv", 0.77, 0.915, 0.137),
    ],
)
def test_figures_on_unseen_rows_hold(
    corpora: Path, name: str, macro_f1: float, average_precision: float, brier: float
) -> None:
    model = train(training_rows([corpora / name]))

    report = evaluate(model, evaluation_rows(corpora / name, "dev"))

    assert report["macro_f1_at_half"] >= macro_f1
    assert report["average_precision"] >= average_precision
    assert report["brier"] <= brier
    assert report["ece"] <= 0.05


def test_benign_kinds_stay_unflagged_at_80_percent_recall(corpora: Path) -> None:
    model = train(training_rows([corpora / name for name in (RADICALISM, EVERYDAY, BENIGN)]))
    dev = evaluation_rows(corpora / RADICALISM, "dev")
    probe = evaluation_rows(corpora / BENIGN, "probe")

    threshold = threshold_for_recall(model.scores([row.text for row in dev if row.label]), 0.8)
    scores = model.scores([row.text for row in probe])

    groups = np.array([row.group for row in probe])
    rates = {name: float(np.mean(scores[groups == name] >= threshold)) for name in set(groups)}
    large = {name for name in rates if (groups == name).sum() >= 200}
    assert len(large) >= 5
    assert all(rates[name] <= 0.01 for name in large)
    assert all(rate <= 0.02 for rate in rates.values())


@pytest.mark.parametrize("name", [EVERYDAY, "ru_telegram_news_negatives.csv"])
def test_seed_model_flags_at_most_one_ordinary_post_in_a_hundred(
    corpora: Path, seeded: Model, name: str
) -> None:
    rows = evaluation_rows(corpora / name, None)

    predictions = seeded.predict([row.text for row in rows])

    assert np.mean([prediction.flagged for prediction in predictions]) <= 0.01
    assert np.mean([prediction.known for prediction in predictions]) >= 0.95
