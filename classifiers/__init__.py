"""Text in, prediction out. Stands alone: knows nothing of channels, moderators or Telegram."""

from classifiers.artefact import load
from classifiers.calibration import Goal
from classifiers.errors import ClassifierError, ModelError, TableError, TrainingError
from classifiers.evaluation import evaluate
from classifiers.model import Model
from classifiers.normalise import normalise
from classifiers.prediction import CodeScore, Prediction, Reason
from classifiers.seed import seed_model
from classifiers.table import Row
from classifiers.training import train

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
    "load",
    "normalise",
    "seed_model",
    "train",
]
