"""Lets candidate and champion meet: on the frozen set, and on the rows that taught the candidate.

The frozen set is the functional suite in the repository. No decision enters it, so moderators'
habits cannot make a model look good on it. The rows show what the decisions were good for: each is
scored by models that did not learn from it.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import comb
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import classifiers
from bot.domain.codes import PurposeCode
from bot.domain.learning import WATCHED_PURPOSES, Comparison, Difference, FlagRate, Meeting
from classifiers import Model

FROZEN_SET = Path(classifiers.__file__).parent / "data" / "functional.csv"
_RESAMPLES = 1000
_SEED = 20170801  # any number: the same rows and models give the same interval

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


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


@dataclass(frozen=True, eq=False)
class Scores:
    """What both models said of n rows. purpose: of benign rows that have one, None elsewhere."""

    positive: Flags
    purpose: Sequence[PurposeCode | None]
    candidate: F64
    champion: F64


def contest_scores(path: Path) -> Scores:
    """The scores on the folds of a training, as `python -m classifiers train --contest` wrote them.

    Raises ValueError for another file.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Scores(
            np.array(kept["positive"], dtype=bool),
            [PurposeCode(code) if code else None for code in kept["purpose"]],
            np.array(kept["candidate"], dtype=np.float64),
            np.array(kept["champion"], dtype=np.float64),
        )
    except (OSError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is no record of a contest: {error!r}") from error


def frozen_scores(
    candidate: Model, champion: Model, rows: Sequence[FrozenRow] | None = None
) -> Scores:
    """What both say of the frozen set, or of other rows. Takes about a second."""
    rows = frozen_rows() if rows is None else rows
    texts = [row.text for row in rows]
    return Scores(
        np.array([row.is_propaganda for row in rows]),
        [row.purpose for row in rows],
        candidate.scores(texts),
        champion.scores(texts),
    )


def compare(
    candidate: Model, champion: Model, frozen: Scores, folds: Scores, limit: float
) -> Comparison:
    """Both models on both sets, each flagging at its own threshold. Takes some seconds.

    limit: highest share of a benign purpose of the frozen set that may be flagged, 0..1.
    """
    thresholds = candidate.threshold, champion.threshold
    return Comparison(
        candidate=candidate.version,
        champion=champion.version,
        frozen=_meeting(frozen, *thresholds),
        folds=_meeting(folds, *thresholds),
        limit=limit,
    )


def _meeting(scores: Scores, ours: float, theirs: float) -> Meeting:
    """ours, theirs: the thresholds of candidate and champion. Both kinds of rows must be there."""
    positive = scores.positive
    flagged = scores.candidate >= ours, scores.champion >= theirs
    precision, brier = _differences(scores)
    return Meeting(
        posts=len(positive),
        positives=int(positive.sum()),
        average_precision=precision,
        brier=brier,
        candidate_recall=float(flagged[0][positive].mean()),
        champion_recall=float(flagged[1][positive].mean()),
        flag_rates=tuple(
            _flag_rate(purpose, np.array([one is purpose for one in scores.purpose]), *flagged)
            for purpose in WATCHED_PURPOSES
        ),
    )


def _draws(positive: Flags) -> Iterator[F64]:
    """How often each of n rows counts: first once each, then as drawn again within its label."""
    draws = np.random.default_rng(_SEED)
    kinds = [np.flatnonzero(positive), np.flatnonzero(~positive)]
    yield np.ones(len(positive))
    for _ in range(_RESAMPLES):
        chosen = np.concatenate([draws.choice(kind, len(kind)) for kind in kinds])
        yield np.bincount(chosen, minlength=len(positive)).astype(np.float64)


class _Ranked:
    """One model's scores in falling order, to be measured under many weightings."""

    def __init__(self, scores: F64, positive: Flags) -> None:
        self._order = np.argsort(-scores, kind="stable")
        ranked = scores[self._order]
        self._positive = positive[self._order].astype(np.float64)
        self._errors = (ranked - self._positive) ** 2
        # Rows of equal score count together, as scikit-learn's do.
        self._last_of_ties = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))

    def measures(self, weights: F64) -> tuple[float, float]:
        """Average precision and Brier score of rows that count so often."""
        counts = weights[self._order]
        hits = np.cumsum(counts * self._positive)[self._last_of_ties]
        flags = np.cumsum(counts)[self._last_of_ties]
        gained = np.diff(hits, prepend=0.0)
        precision = np.divide(hits, flags, out=np.zeros_like(hits), where=flags > 0)
        found = float((precision * gained).sum() / hits[-1])
        return found, float((counts * self._errors).sum() / counts.sum())


def _differences(scores: Scores) -> tuple[Difference, Difference]:
    """In average precision and in Brier score, over the same draws."""
    ranked = [_Ranked(one, scores.positive) for one in (scores.candidate, scores.champion)]
    drawn = [[one.measures(weights) for one in ranked] for weights in _draws(scores.positive)]
    found = np.array(drawn)  # (1 + resamples, candidate and champion, measures)
    precision, brier = (_difference(found[:, :, number]) for number in (0, 1))
    return precision, brier


def _difference(measured: F64) -> Difference:
    """measured: a row each draw, the first being the rows themselves; candidate, then champion."""
    low, high = np.quantile((measured[:, 0] - measured[:, 1])[1:], [0.025, 0.975])
    return Difference(float(measured[0, 0]), float(measured[0, 1]), float(low), float(high))


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
