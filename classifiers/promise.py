"""What a threshold promises: recall and flags, bounded on held-out scores.

The bounds are Clopper and Pearson's (1934). They hold although the threshold was read off the same
scores: the share of further positives above the k-th best of n scores is distributed as
Beta(k, n + 1 - k), and its 5 % quantile is their lower bound for k of n; in the same way their
upper bound for k of n is that of a threshold just above the score number k + 1. A bootstrap of the
chosen threshold would only come near this. Where macro-F1 chose the threshold they are a little
kind, by as much as a choice among neighbouring scores can gain.
"""

import math
from dataclasses import dataclass
from typing import Any

from classifiers.calibration import F64, Flags, Goal
from classifiers.intervals import BoundedRate, bounded_rate


@dataclass(frozen=True)
class Promise:
    """missed: positives below the threshold; flagged: benign rows at or above it, each with its
    one-sided 95 % upper bound."""

    goal: Goal
    missed: BoundedRate
    flagged: BoundedRate

    def facts(self) -> dict[str, Any]:
        """For the artefact. Rates 0..1; flags_per_day only for a goal that says posts a day."""
        found: dict[str, Any] = {
            "goal": {"recall": self.goal.recall, "benign_rate": self.goal.benign_rate},
            "recall": 1 - self.missed.value,
            "recall_at_least": 1 - self.missed.upper,
            "positives": self.missed.n,
            "benign_rate": self.flagged.value,
            "benign_rate_at_most": self.flagged.upper,
            "benign": self.flagged.n,
        }
        if (posts := self.goal.posts_per_day) is not None:
            found["posts_per_day"] = posts
            found["flags_per_day"] = posts * self.flagged.value
            found["flags_per_day_at_most"] = posts * self.flagged.upper
        return found


def promise(scores: F64, positive: Flags, threshold: float, goal: Goal) -> Promise:
    """Of n held-out scores, 0..1, both kinds present."""
    flagged = scores >= threshold
    return Promise(
        goal,
        bounded_rate(int((~flagged & positive).sum()), int(positive.sum())),
        bounded_rate(int((flagged & ~positive).sum()), int((~positive).sum())),
    )


def sentences(facts: dict[str, Any]) -> tuple[str, ...]:
    """The facts of a promise in words, for a card or a terminal."""
    found = [
        f"Chosen for {_goal(facts)}, from scores that the folds of training held out.",
        f"It found {facts['recall']:.1%} of {facts['positives']:,} held-out positives: of further "
        f"ones like them at least {_down(facts['recall_at_least'])} %, with 95 % confidence.",
        f"It flagged {facts['benign_rate']:.1%} of {facts['benign']:,} held-out benign rows: of "
        f"further ones like them at most {_up(facts['benign_rate_at_most'])} %, with 95 % "
        "confidence.",
    ]
    if "posts_per_day" in facts:
        found.append(
            f"With {facts['posts_per_day']:,} posts a day that are like the benign rows, some "
            f"{facts['flags_per_day']:,.1f} flags a day, at most "
            f"{math.ceil(facts['flags_per_day_at_most']):,} with 95 % confidence; what is "
            "propaganda among them is flagged beside these."
        )
    return tuple([*found, _bounds(facts)])


def _bounds(facts: dict[str, Any]) -> str:
    """Where the bounds come from, and what they leave out."""
    has_target = any(facts["goal"].values())
    chosen = (
        "which hold although the threshold was read off the same scores"
        if has_target
        else "a little too kind here, because the same scores chose the threshold"
    )
    return (
        f"The bounds are Clopper-Pearson's, {chosen}. They speak of further rows from the same "
        "sources, and count each row as new: rows that resemble each other tell less than their "
        "number."
    )


def _goal(facts: dict[str, Any]) -> str:
    goals = []
    if (recall := facts["goal"]["recall"]) is not None:
        goals.append(f"a recall of {recall:.1%}")
    if (benign := facts["goal"]["benign_rate"]) is not None:
        goals.append(f"flagging {benign:.2%} of benign posts at most")
    return " and ".join(goals) or "the best macro-F1"


def _down(rate: float) -> str:
    """Percent, rounded so that the sentence stays true."""
    return f"{math.floor(1000 * rate + 1e-9) / 10:.1f}"


def _up(rate: float) -> str:
    return f"{math.ceil(1000 * rate - 1e-9) / 10:.1f}"
