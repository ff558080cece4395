"""How often a channel is visited: by how much it posts, and by how much all of them ask for."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
# Over the budget a quiet channel waits longer than LONGEST, and never longer than this.
LONGEST_STRETCHED = timedelta(days=1)
_POSTS_A_VISIT = 3  # aimed at
_MOST_A_VISIT = 15  # in a busy hour; a page shows 20
_HOUR = timedelta(hours=1)
_SLOW_HOURS, _FAST_HOURS, _PEAK_HOURS = 24.0, 1.0, 48.0  # in which a figure forgets two thirds
_STEEPEST = 8.0
_STEPS = 50  # of 2 % each, while an interval grows to 2.7 times as much


@dataclass(frozen=True)
class Activity:
    """Posts an hour: `slow` over the last day, `fast` over the last hour, `peak` in a busy hour."""

    slow: float = 0.0
    fast: float = 0.0
    peak: float = 0.0

    def after(self, posts: int, over: timedelta) -> "Activity":
        """With `posts` more, published during the time since the last visit."""
        hours = max(over / _HOUR, 1 / 3600)
        rate = posts / hours
        slow = self.slow + (rate - self.slow) * -math.expm1(-hours / _SLOW_HOURS)
        fast = self.fast + (rate - self.fast) * -math.expm1(-hours / _FAST_HOURS)
        faded = slow + (self.peak - slow) * math.exp(-hours / _PEAK_HOURS)
        return Activity(slow, fast, max(fast, faded))


def activity_of(published: Sequence[datetime], now: datetime) -> Activity:
    """A first guess from the times of the posts on one page; nothing there: none."""
    times = sorted(moment for moment in published if moment <= now)
    if not times:
        return Activity()
    hours = max((now - times[0]) / _HOUR, 1.0)
    busiest = max(sum(start <= other < start + _HOUR for other in times) for start in times)
    last_hour = sum(now - moment < _HOUR for moment in times)
    # A page full of one hour's posts may be the tail of more.
    span = max((times[-1] - times[0]) / _HOUR, 1 / 60)
    peak = len(times) / span if span < 1 and len(times) > _MOST_A_VISIT else busiest
    return Activity(len(times) / hours, float(last_hour), float(peak))


def wanted_interval(activity: Activity) -> timedelta:
    """How often to visit if there were room for all: about three posts a visit, and in a busy hour
    at most fifteen; between a minute and an hour."""
    rate = max(activity.slow, activity.fast)
    hours = min(
        _POSTS_A_VISIT / rate if rate > 0 else math.inf,
        _MOST_A_VISIT / activity.peak if activity.peak > 0 else math.inf,
    )
    return min(max(_HOUR * min(hours, 24.0), SHORTEST), LONGEST)


@dataclass(frozen=True)
class Stretch:
    """How much longer than wanted the intervals are, so that the budget holds.

    exponent: quiet channels are stretched by more than busy ones; one that is visited every minute
        not at all. factor: for everybody; 1 unless the exponent alone does not do.
    """

    exponent: float = 0.0
    factor: float = 1.0

    def __call__(self, wanted: timedelta) -> timedelta:
        share: float = (wanted / SHORTEST) ** self.exponent
        if share * self.factor * (wanted / LONGEST_STRETCHED) >= 1:
            return LONGEST_STRETCHED
        return wanted * (share * self.factor)


def stretch_for(wanted: Mapping[timedelta, int], requests_per_second: float) -> Stretch:
    """The least stretch with which so many channels of each interval keep to the budget.

    Intervals that are nearly the same count as the shorter one, so that many are soon reckoned.
    """
    wanted = _coarse(wanted)
    if _load(wanted, Stretch()) <= requests_per_second:
        return Stretch()
    if _load(wanted, Stretch(_STEEPEST)) <= requests_per_second:
        return _least(lambda x: Stretch(x), 0.0, _STEEPEST, wanted, requests_per_second)
    most = LONGEST_STRETCHED / SHORTEST
    return _least(lambda x: Stretch(_STEEPEST, x), 1.0, most, wanted, requests_per_second)


def _least(
    made: Callable[[float], Stretch],
    low: float,
    high: float,
    wanted: Mapping[timedelta, int],
    requests_per_second: float,
) -> Stretch:
    """By halving: the stretch of the least number between the two that keeps to the budget."""
    for _ in range(24):
        middle = (low + high) / 2
        if _load(wanted, made(middle)) > requests_per_second:
            low = middle
        else:
            high = middle
    return made(high)


def _coarse(wanted: Mapping[timedelta, int]) -> Mapping[timedelta, int]:
    coarse = Counter[float]()
    for one, number in wanted.items():
        coarse[math.floor(math.log(one / SHORTEST) * _STEPS) / _STEPS] += number
    return {SHORTEST * math.exp(step): number for step, number in coarse.items()}


def _load(wanted: Mapping[timedelta, int], stretch: Stretch) -> float:
    """Requests a second."""
    return sum(number / stretch(one).total_seconds() for one, number in wanted.items())
