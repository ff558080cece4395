"""The card of a training: what the folds of its own rows say of the model."""

from collections.abc import Mapping
from typing import Any

from classifiers.folds import FOLDS
from classifiers.held_out import CANDIDATES
from classifiers.model_card.measured import Scored
from classifiers.model_card.rows import scored_rows
from classifiers.promise import sentences
from classifiers.training import Trained


def training_scored(trained: Trained) -> Scored:
    """The held-out scores of the rows that the model was then fitted on."""
    model = trained.model
    return scored_rows(
        trained.prepared.rows,
        trained.held_out.scores,
        model.threshold,
        model.version,
        f"its own training rows, each scored by models that saw neither it nor a near copy "
        f"({FOLDS} folds)",
        about=facts(model.about),
        threshold_notes=sentences(model.about["threshold"]),
    )


def facts(about: Mapping[str, Any]) -> dict[str, str]:
    """What a model remembers of its training, in words."""
    found = {
        "trained on": f"{about['rows']:,} rows, {about['positives']:,} of them propaganda",
        "SHA-256 of these rows": about["data_sha256"],
        "settings": f"{_settings(about['estimator'])}; of {len(CANDIDATES)} tried, those of lowest "
        "log loss on the same folds",
    }
    if "corpora" in about:
        found["corpora"] = "; ".join(map(_origin, about["corpora"]))
        found["may be given away"] = (
            "yes, with credit to the corpora"
            if about["may_ship"]
            else "no: the licence of a corpus does not clearly allow it"
        )
    return found


def _settings(estimator: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in estimator.items())


def _origin(origin: Mapping[str, Any]) -> str:
    licence = origin["licence"] or "not in the catalogue"
    return f"{origin['corpus']} ({origin['rows']:,} rows, {licence})"
