"""What the desk got done in a span of time. Counts are of posts unless they say otherwise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Ages at which an open post is counted as older; the last span has no end.
AGES = (timedelta(hours=2), timedelta(hours=24), timedelta(days=3))


class Span(StrEnum):
    """How far back the figures reach, from now."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def length(self) -> timedelta:
        return {Span.DAY: timedelta(days=1), Span.WEEK: timedelta(days=7)}.get(
            self, timedelta(days=30)
        )

    @property
    def step(self) -> timedelta:
        """The width of one bar of the picture: an hour for a day, a day for the others."""
        return timedelta(hours=1) if self is Span.DAY else timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """What happened from `start` on, until the next step starts."""

    start: datetime
    flagged: int = 0
    decided: int = 0
    confirmed: int = 0


@dataclass(frozen=True)
class Stats:
    """steps: one for each hour or day, oldest first; their sums are the totals.

    median, slowest: time from card to decision, at the 50th and the 95th percentile of the posts
    that were decided in the span; None where none was.
    open_by_age: posts that wait now, younger than each of AGES, then the older ones.
    compared, agreed: posts of the span with two looks or more, and of those the ones whose first
    two looks were the same choice.
    """

    span: Span
    steps: tuple[Step, ...]
    median: timedelta | None = None
    slowest: timedelta | None = None
    open_by_age: tuple[int, ...] = (0,) * (len(AGES) + 1)
    compared: int = 0
    agreed: int = 0

    @property
    def flagged(self) -> int:
        return sum(step.flagged for step in self.steps)

    @property
    def decided(self) -> int:
        return sum(step.decided for step in self.steps)

    @property
    def confirmed(self) -> int:
        return sum(step.confirmed for step in self.steps)


def percentile(waits: Sequence[timedelta], share: float) -> timedelta | None:
    """The shortest wait that at least this share of all did not exceed; None of none."""
    if not waits:
        return None
    return sorted(waits)[max(0, math.ceil(share * len(waits)) - 1)]


def by_age(opened: Sequence[datetime], now: datetime) -> tuple[int, ...]:
    """How many there are younger than each of AGES and not counted before, then the older ones."""
    counts = [0] * (len(AGES) + 1)
    for moment in opened:
        counts[sum(now - moment >= age for age in AGES)] += 1
    return tuple(counts)
