"""Text in, prediction out. Stands alone: knows nothing of channels, moderators or Telegram."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from classifiers.artefact import load
from classifiers.errors import ClassifierError, ModelError, TableError, TrainingError
from classifiers.model import Model
from classifiers.normalise import normalise
from classifiers.prediction import CodeScore, Prediction, Reason
from classifiers.seed import seed_model
from classifiers.table import Row

if TYPE_CHECKING:
    from classifiers.calibration import Goal
    from classifiers.contest import hold_contest
    from classifiers.evaluation import evaluate
    from classifiers.training import fit, train

# Training and measuring need scikit-learn, which takes a second to import; predicting does not.
_LATER = {
    "Goal": "calibration",
    "hold_contest": "contest",
    "evaluate": "evaluation",
    "fit": "training",
    "train": "training",
}

__all__ = [
    "ClassifierError",
    "CodeScore",
    "Goal",
    "Model",
    "ModelError",
    "Prediction",
    "Reason",
    "Row",
    "TableError",
    "TrainingError",
    "evaluate",
    "fit",
    "hold_contest",
    "load",
    "normalise",
    "seed_model",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
