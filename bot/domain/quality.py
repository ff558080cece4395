"""How good the models are: the sample of unflagged posts, and what reviews add up to.

Everything here is a value or a pure rule. Figures are counts of posts unless they say otherwise.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.codes import PurposeCode

STRATA = 10  # equal slices of the scores from 0 up to the threshold
FEWEST_DECIDED = 30  # sampled posts with a decision; below it recall is not put into a number
FEWEST_CONFIRMED = 5  # flagged posts that were confirmed; below it likewise


def expected_draws(posts: Sequence[int], size: int) -> list[float]:
    """How many posts to draw from each stratum on average, lowest scores first.

    posts: how many each stratum holds. The draws sum up to `size`, or to all posts where there are
    fewer; none is 0 where there are posts, so that every post can be drawn. A stratum's share grows
    with the root of its posts (big ones would take all, small ones hide little) and with its place:
    misses are likelier close to the threshold.
    """
    wanted = [(place + 1) * math.sqrt(count) for place, count in enumerate(posts)]
    left, open_ = float(min(size, sum(posts))), {i for i, count in enumerate(posts) if count}
    draws = [0.0] * len(posts)
    while open_:
        total = sum(wanted[i] for i in open_)
        full = {i for i in open_ if left * wanted[i] / total >= posts[i]}
        if not full:
            for i in open_:
                draws[i] = left * wanted[i] / total
            break
        for i in full:
            draws[i] = float(posts[i])
        left -= sum(posts[i] for i in full)
        open_ -= full
    return draws


def whole_draws(expected: Sequence[float], start: float) -> list[int]:
    """Whole numbers with the same sum, each its expectation rounded down or up.

    start: a random number of [0, 1). Over all of them each stratum's mean is its expectation, so
    that a post's chance is expectation / posts exactly.
    """
    start = min(start, 1 - 1e-6)  # closer to 1 than sums of floats are exact
    draws, passed, before = list[int](), 0.0, 0
    for number in expected:
        passed += number
        reached = math.floor(round(passed, 9) + start)
        draws.append(reached - before)
        before = reached
    return draws


@dataclass(frozen=True)
class Drawn:
    """A post drawn for the sample. stratum: 0..9 by score; probability: its chance to be drawn."""

    revision_id: int
    post_id: int
    verdict_id: int
    text: str
    score: float
    model_version: str
    stratum: int
    probability: float


@dataclass(frozen=True)
class SampleOutcome:
    """What people said of a drawn post; None while they have not, or after it was edited."""

    stratum: int
    probability: float
    is_propaganda: bool | None


@dataclass(frozen=True)
class Recall:
    """Estimated share of the propaganda that was flagged, with its 95 % interval, 0..1.

    decided: sampled posts with a decision; hits: those of them that people confirmed.
    missed: estimated number of unflagged propaganda posts. share, low, high: None when too few
    posts were decided to say.
    """

    decided: int = 0
    hits: int = 0
    missed: float = 0.0
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ModelQuality:
    """What reviews say of one model version.

    confirmed, dismissed, undecided: flagged posts; one that was withdrawn after it was sent counts
    as dismissed. false_flags: the dismissed ones by purpose.
    bands: posts by tenth of the score, lowest first, in the last week and before it.
    """

    version: str
    confirmed: int
    dismissed: int
    undecided: int
    false_flags: dict[PurposeCode | None, int] = field(default_factory=dict)
    recall: Recall = field(default_factory=Recall)
    bands_now: tuple[int, ...] = ()
    bands_before: tuple[int, ...] = ()

    @property
    def decided(self) -> int:
        return self.confirmed + self.dismissed


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson (1927); (0, 1) where nothing was counted."""
    if not of:
        return 0.0, 1.0
    z2 = 1.959964**2
    centre = (hits + z2 / 2) / (of + z2)
    spread = math.sqrt(z2 * (hits * (of - hits) / of + z2 / 4)) / (of + z2)
    return max(0.0, centre - spread), min(1.0, centre + spread)
