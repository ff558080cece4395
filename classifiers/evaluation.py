"""What a model is worth on labelled rows, as plain numbers."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from classifiers.calibration import F64
from classifiers.model import Model
from classifiers.table import Row

Flags = NDArray[np.bool_]
Measures = dict[str, float | int | None]
BINS = 10


def evaluate(model: Model, rows: Sequence[Row]) -> dict[str, Any]:
    """Measures over all rows and by group and language, and the speed from raw text to score."""
    positive = np.array([row.label == 1 for row in rows])
    model.scores(["tables are made at the first use"])
    start = time.perf_counter()
    scores = model.scores([row.text for row in rows])
    seconds = time.perf_counter() - start
    report: dict[str, Any] = {"model_version": model.version, "threshold": model.threshold}
    report |= measures(scores, positive, model.threshold)
    report["posts_per_second"] = len(rows) / seconds
    report["by_group"] = _by(rows, lambda row: row.group, scores, positive, model.threshold)
    report["by_lang"] = _by(rows, lambda row: row.lang, scores, positive, model.threshold)
    return report


def measures(scores: F64, positive: Flags, threshold: float) -> Measures:
    """The measures of n scores; None where one is undefined, as ROC-AUC is for one class.

    ece: expected calibration error over BINS bins of equal size. flag_rate: share at or above the
    threshold. macro_f1_at_half takes 0.5 as threshold, the others the given one.
    """
    both = bool(positive.any() and not positive.all())
    flagged = scores >= threshold
    hits, flags, yes = int((flagged & positive).sum()), int(flagged.sum()), int(positive.sum())
    return {
        "n": len(scores),
        "positives": yes,
        "roc_auc": float(roc_auc_score(positive, scores)) if both else None,
        "average_precision": float(average_precision_score(positive, scores)) if both else None,
        "brier": float(np.mean((scores - positive) ** 2)),
        "ece": _calibration_error(scores, positive),
        "macro_f1_at_half": _macro_f1(scores >= 0.5, positive) if both else None,
        "macro_f1": _macro_f1(flagged, positive) if both else None,
        "precision": hits / flags if flags else None,
        "recall": hits / yes if yes else None,
        "flag_rate": flags / len(scores),
    }


def _by(
    rows: Sequence[Row],
    name_of: Callable[[Row], str],
    scores: F64,
    positive: Flags,
    threshold: float,
) -> dict[str, Measures]:
    names = np.array([name_of(row) for row in rows])
    found = {}
    for name in sorted(set(names.tolist())):
        chosen = names == name
        found[name] = measures(scores[chosen], positive[chosen], threshold)
    return {} if set(found) == {""} else found


def _macro_f1(flagged: Flags, positive: Flags) -> float:
    """Mean of the F1 of both classes; the F1 of a class never flagged and present is 0."""
    both = []
    for flag, truth in ((flagged, positive), (~flagged, ~positive)):
        both.append(2 * int((flag & truth).sum()) / (int(flag.sum()) + int(truth.sum())))
    return sum(both) / 2


def _calibration_error(scores: F64, positive: Flags) -> float:
    """Mean distance between score and share of positives, over bins of equal size."""
    order = np.argsort(scores, kind="stable")
    error = 0.0
    for part in np.array_split(order, BINS):
        if len(part):
            error += len(part) * abs(float(scores[part].mean() - positive[part].mean()))
    return error / len(scores)
