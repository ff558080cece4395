"""A candidate and the champion on the same rows and folds, neither having seen what it scores.

For rows beside the frozen set: it shows what a candidate learnt from decisions, which a fixed set
cannot.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.calibration import F64, Flags
from classifiers.held_out import Advance, held_out
from classifiers.model import Model
from classifiers.ngrams import I64
from classifiers.table import Row
from classifiers.training import Trained


@dataclass(frozen=True, eq=False)
class Contest:
    """n rows, in order, without repeats and empty texts. fold: n, 0..4; positive: n.

    candidate, champion: n probabilities each, comparable row by row. champion_refitted: where the
    champion's score is of its like, learnt from its own rows of the other folds. versions,
    thresholds: of candidate and champion.
    """

    rows: tuple[Row, ...]
    fold: I64
    positive: Flags
    candidate: F64
    champion: F64
    champion_refitted: Flags
    versions: tuple[str, str]
    thresholds: tuple[float, float]

    def facts(self) -> dict[str, Any]:
        """For JSON: a list of each column, and no text. purpose is null where a row has none."""
        return {
            "versions": self.versions,
            "thresholds": self.thresholds,
            "positive": self.positive.tolist(),
            "purpose": [row.purpose for row in self.rows],
            "group": [row.group for row in self.rows],
            "fold": self.fold.tolist(),
            "candidate": self.candidate.tolist(),
            "champion": self.champion.tolist(),
            "champion_refitted": self.champion_refitted.tolist(),
        }

    def save(self, path: Path) -> None:
        """Writes `facts` as JSON."""
        path.write_text(json.dumps(self.facts(), allow_nan=False), encoding="utf-8")


def hold_contest(
    trained: Trained,
    champion: Model,
    champion_learnt: Collection[str] = (),
    advance: Advance = lambda share: None,
) -> Contest:
    """The held-out scores of a training, and the champion's beside them.

    champion_learnt: texts of these rows that the champion learnt from. Its own score of such a text
    is remembered rather than known, so the champion is trained again on them, fold by fold, in the
    candidate's way; on all other rows it answers itself. Without them the champion has the
    advantage wherever it saw a row. advance: hears the share done, 0..1.
    Raises TrainingError where the champion's rows are too few to train on.
    """
    ready = trained.prepared
    theirs = champion.scores([row.text for row in ready.rows])
    known = set(champion_learnt)
    learnt = np.array([row.text in known for row in ready.rows])
    if learnt.any():
        theirs = np.where(learnt, held_out(ready, learnt, advance).scores, theirs)
    advance(1.0)
    return Contest(
        ready.rows,
        ready.fold,
        ready.positive,
        trained.held_out.scores,
        theirs,
        learnt,
        (trained.model.version, champion.version),
        (trained.model.threshold, champion.threshold),
    )
