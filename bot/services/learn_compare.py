"""Lets candidate and champion meet on the frozen set: the functional suite in the repository.

No decision enters that set, so moderators' habits cannot make a model look good on it.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import comb
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import classifiers
from bot.domain.codes import PurposeCode
from bot.domain.learning import WATCHED_PURPOSES, Comparison, Difference, FlagRate
from classifiers import Model

FROZEN_SET = Path(classifiers.__file__).parent / "data" / "functional.csv"
_RESAMPLES = 1000
_SEED = 20170801  # any number: the same rows and models give the same interval

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class FrozenRow:
    """A case of the frozen set. purpose: of benign ones, None elsewhere."""

    text: str
    is_propaganda: bool
    purpose: PurposeCode | None


@cache
def frozen_rows(path: Path = FROZEN_SET) -> tuple[FrozenRow, ...]:
    """The frozen set, in its order."""
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(_row(cells) for cells in csv.DictReader(stream))


def _row(cells: dict[str, str]) -> FrozenRow:
    is_propaganda = cells["label"] == "1"
    code = cells["code"].split("|")[0]
    is_purpose = not is_propaganda and code in set(PurposeCode)
    return FrozenRow(cells["text"], is_propaganda, PurposeCode(code) if is_purpose else None)


def compare(
    candidate: Model, champion: Model, limit: float, rows: Sequence[FrozenRow] | None = None
) -> Comparison:
    """Both models on the same rows, each flagging at its own threshold. Takes about a second.

    limit: highest share of a benign purpose that may be flagged, 0..1.
    rows: the frozen set unless given; propaganda and benign rows must be among them.
    """
    rows = frozen_rows() if rows is None else rows
    texts = [row.text for row in rows]
    positive = np.array([row.is_propaganda for row in rows])
    ours, theirs = candidate.scores(texts), champion.scores(texts)
    flagged = ours >= candidate.threshold, theirs >= champion.threshold
    draws = _resamples(positive)
    return Comparison(
        candidate=candidate.version,
        champion=champion.version,
        posts=len(rows),
        positives=int(positive.sum()),
        average_precision=_difference(
            *(_average_precisions(scores, positive, draws) for scores in (ours, theirs))
        ),
        brier=_difference(*(_briers(scores, positive, draws) for scores in (ours, theirs))),
        candidate_recall=float(flagged[0][positive].mean()),
        champion_recall=float(flagged[1][positive].mean()),
        flag_rates=tuple(
            _flag_rate(purpose, np.array([row.purpose is purpose for row in rows]), *flagged)
            for purpose in WATCHED_PURPOSES
        ),
        limit=limit,
    )


def _resamples(positive: Flags) -> Places:
    """(1 + resamples, n) row numbers: first all rows, then draws with each label's count kept."""
    draws = np.random.default_rng(_SEED)
    kinds = [np.flatnonzero(positive), np.flatnonzero(~positive)]
    drawn = [draws.choice(places, (_RESAMPLES, len(places))) for places in kinds]
    return np.vstack([np.concatenate(kinds), np.concatenate(drawn, axis=1)])


def _average_precisions(scores: F64, positive: Flags, draws: Places) -> F64:
    """Average precision of each draw; rows of equal score count together, as scikit-learn's do."""
    return np.array([_average_precision(scores[rows], positive[rows]) for rows in draws])


def _average_precision(scores: F64, positive: Flags) -> float:
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(positive[order])
    last_of_ties = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    precision = hits[last_of_ties] / (last_of_ties + 1)
    recall_gained = np.diff(hits[last_of_ties], prepend=0) / hits[-1]
    return float((precision * recall_gained).sum())


def _briers(scores: F64, positive: Flags, draws: Places) -> F64:
    """Brier score of each draw."""
    errors = (scores - positive) ** 2
    return np.asarray(errors[draws].mean(axis=1))


def _difference(candidate: F64, champion: F64) -> Difference:
    """Of two measures over the same draws, the first draw being the rows themselves."""
    low, high = np.quantile((candidate - champion)[1:], [0.025, 0.975])
    return Difference(float(candidate[0]), float(champion[0]), float(low), float(high))


def _flag_rate(purpose: PurposeCode, chosen: Flags, ours: Flags, theirs: Flags) -> FlagRate:
    risen = int((chosen & ours & ~theirs).sum())
    fallen = int((chosen & ~ours & theirs).sum())
    return FlagRate(
        purpose,
        int(chosen.sum()),
        int((chosen & ours).sum()),
        int((chosen & theirs).sum()),
        _sign_test(risen, fallen),
    )


def _sign_test(risen: int, fallen: int) -> float:
    """Chance of at least so many rises among the rows that differ, were each a coin's toss."""
    differ = risen + fallen
    return float(sum(comb(differ, number) for number in range(risen, differ + 1)) / 2**differ)
