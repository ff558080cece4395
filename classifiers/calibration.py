"""Decision values to probabilities (Platt 1999), and thresholds from held-out scores."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Sigmoid:
    """probability = 1 / (1 + exp(-(slope * decision + offset)))"""

    slope: float
    offset: float

    def __call__(self, decision: F64) -> F64:
        return np.asarray(expit(self.slope * decision + self.offset))


def fit_sigmoid(decision: F64, positive: Flags) -> Sigmoid:
    """The sigmoid of greatest likelihood, with Platt's softened targets against overconfidence.

    decision: n values from models that did not see the row; positive: n, both kinds present.
    """
    yes, no = int(positive.sum()), int((~positive).sum())
    target = np.where(positive, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(parameters: F64) -> tuple[float, F64]:
        margin = parameters[0] * decision + parameters[1]
        error = expit(margin) - target
        value = np.logaddexp(0, margin).sum() - (target * margin).sum()
        return float(value), np.array([(error * decision).sum(), error.sum()])

    start = np.array([1.0, np.log((yes + 1) / (no + 1))])
    from scipy.optimize import minimize  # half a second to import, and only fitting needs it

    found = minimize(loss, start, jac=True, method="BFGS")
    return Sigmoid(float(found.x[0]), float(found.x[1]))


@dataclass(frozen=True)
class Goal:
    """What a threshold is for. Both None: the best macro-F1.

    recall: the highest threshold that still finds this share of the positives, 0..1.
    benign_rate: the lowest threshold that flags at most this share of the benign, 0..1; with both
    given, the higher of the two thresholds wins, because a false flag costs a person's time.
    posts_per_day: how many posts the rate is of, where the operator thinks in flags a day.
    """

    recall: float | None = None
    benign_rate: float | None = None
    posts_per_day: int | None = None

    @classmethod
    def flags_per_day(cls, flags: float, posts: int, recall: float | None = None) -> Self:
        """At most so many flags in a day of so many posts, as if all of them were benign.

        Nearly all posts are, and nobody knows the share of the others beforehand.
        Raises ValueError where that is no rate above 0 and up to 1.
        """
        if not 0 < flags <= posts:
            raise ValueError(f"{flags:g} flags in {posts} posts a day is no rate from 0 to 1.")
        return cls(recall, flags / posts, posts)


def choose_threshold(scores: F64, positive: Flags, goal: Goal) -> float:
    """A threshold (flag when score >= it) from held-out scores; both kinds must be present."""
    wanted = []
    if goal.recall is not None:
        wanted.append(threshold_for_recall(scores[positive], goal.recall))
    if goal.benign_rate is not None:
        wanted.append(_threshold_for_rate(scores[~positive], goal.benign_rate))
    return max(wanted) if wanted else _best_macro_f1(scores, positive)


def threshold_for_recall(positive_scores: F64, recall: float) -> float:
    """The highest threshold at which at least this share of the given scores is flagged."""
    needed = max(1, int(np.ceil(recall * len(positive_scores) - 1e-9)))
    return float(np.sort(positive_scores)[::-1][needed - 1])


def _threshold_for_rate(benign_scores: F64, rate: float) -> float:
    allowed = int(np.floor(rate * len(benign_scores) + 1e-9))
    ordered = np.sort(benign_scores)[::-1]
    if allowed >= len(ordered):
        return 0.0
    return float(np.nextafter(ordered[allowed], 2.0))


def _best_macro_f1(scores: F64, positive: Flags) -> float:
    """The cut of highest macro-F1, half way between two neighbouring scores."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], positive[order]
    flagged = np.arange(1, len(scores) + 1)
    true_flags = np.cumsum(hits)
    yes = int(positive.sum())
    no = len(scores) - yes
    f1_yes = 2 * true_flags / (flagged + yes)
    true_clean = no - (flagged - true_flags)
    f1_no = 2 * true_clean / (len(scores) - flagged + no)
    last_of_ties = np.append(ranked[1:] != ranked[:-1], True)
    best = int(np.argmax(np.where(last_of_ties, f1_yes + f1_no, -1)))
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + below) / 2)
