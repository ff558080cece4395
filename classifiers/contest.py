"""A candidate and the champion on the same rows and folds, neither having seen what it scores.

For rows beside the frozen set: it shows what a candidate learnt from decisions, which a fixed set
cannot.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.calibration import F64, Flags
from classifiers.held_out import Advance, held_out, prepare
from classifiers.model import Model
from classifiers.ngrams import I64
from classifiers.table import Row


@dataclass(frozen=True, eq=False)
class Contest:
    """n rows, in order, without repeats and empty texts. fold: n, 0..4; positive: n.

    candidate, champion: n probabilities each, comparable row by row. champion_refitted: where the
    champion's score is of its like, learnt from its own rows of the other folds.
    """

    rows: tuple[Row, ...]
    fold: I64
    positive: Flags
    candidate: F64
    champion: F64
    champion_refitted: Flags


def hold_contest(
    rows: Sequence[Row],
    champion: Model,
    champion_learnt: Collection[str] = (),
    advance: Advance = lambda share: None,
) -> Contest:
    """Out-of-fold scores of a candidate that learns from all rows, and the champion's beside them.

    champion_learnt: texts of these rows that the champion learnt from. Its own score of such a text
    is remembered rather than known, so the champion is trained again on them, fold by fold, in the
    candidate's way; on all other rows it answers itself. Without them the champion has the
    advantage wherever it saw a row. advance: hears the share done, 0..1.
    Raises TableError, TrainingError as training does.
    """
    ready = prepare(rows)
    ours = held_out(ready, advance=lambda share: advance(share / 2))
    theirs = champion.scores([row.text for row in ready.rows])
    known = set(champion_learnt)
    learnt = np.array([row.text in known for row in ready.rows])
    if learnt.any():
        again = held_out(ready, learnt, lambda share: advance(0.5 + share / 2))
        theirs = np.where(learnt, again.scores, theirs)
    advance(1.0)
    return Contest(ready.rows, ready.fold, ready.positive, ours.scores, theirs, learnt)
