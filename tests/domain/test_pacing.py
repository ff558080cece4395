"""How often a channel is visited, and how intervals are stretched to keep to the budget."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing import (
    LONGEST,
    LONGEST_STRETCHED,
    SHORTEST,
    Activity,
    Stretch,
    activity_of,
    stretch_for,
    wanted_interval,
)
from tests.factories import NOON

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
INTERVALS = st.timedeltas(SHORTEST, LONGEST)


@pytest.mark.parametrize(
    ("activity", "interval"),
    [
        (Activity(), LONGEST),
        (Activity(slow=0.1), LONGEST),
        (Activity(slow=6.0), HOUR / 2),
        (Activity(slow=6.0, fast=18.0), HOUR / 6),
        (Activity(slow=1.0, peak=45.0), HOUR / 3),
        (Activity(slow=900.0), SHORTEST),
    ],
)
def test_more_often_where_more_is_posted(activity: Activity, interval: timedelta) -> None:
    assert wanted_interval(activity) == interval


def test_busy_hour_is_remembered_for_days_and_then_forgotten() -> None:
    busy = Activity(slow=1.0, fast=1.0, peak=1.0).after(40, HOUR)
    day = busy
    for _ in range(24):
        day = day.after(1, HOUR)
    weeks = day
    for _ in range(24 * 14):
        weeks = weeks.after(1, HOUR)

    assert wanted_interval(busy) < HOUR / 6
    assert wanted_interval(day) < HOUR
    assert wanted_interval(weeks) == LONGEST


def test_first_page_tells_how_much_is_posted() -> None:
    a_day_apart = [NOON - timedelta(days=n) for n in range(20)]
    a_minute_apart = [NOON - n * MINUTE for n in range(20)]

    assert wanted_interval(activity_of(a_day_apart, NOON)) == LONGEST
    assert wanted_interval(activity_of(a_minute_apart, NOON)) < 16 * MINUTE
    assert activity_of([], NOON) == Activity()
    assert activity_of([NOON + HOUR], NOON) == Activity(), "a time to come says nothing"


def test_within_the_budget_nothing_is_stretched() -> None:
    assert stretch_for({HOUR: 1000}, 0.4) == Stretch()


def test_over_the_budget_quiet_channels_slow_down_first() -> None:
    stretch = stretch_for({MINUTE: 5, HOUR / 2: 500, HOUR: 2000}, 0.4)

    assert stretch(MINUTE) == MINUTE
    assert stretch(HOUR) / HOUR > stretch(HOUR / 2) / (HOUR / 2) > 1


@given(
    wanted=st.dictionaries(INTERVALS, st.integers(1, 3000), min_size=1, max_size=6),
    budget=st.floats(0.05, 10),
)
def test_stretched_load_keeps_to_the_budget(wanted: dict[timedelta, int], budget: float) -> None:
    stretch = stretch_for(wanted, budget)

    stretched = {one: stretch(one) for one in wanted}
    load = sum(number / stretched[one].total_seconds() for one, number in wanted.items())
    at_their_longest = sum(wanted.values()) / LONGEST_STRETCHED.total_seconds()
    assert load <= max(budget, at_their_longest) * 1.01
    assert all(one <= stretched[one] <= LONGEST_STRETCHED for one in wanted)


@given(activity=st.builds(Activity, *[st.floats(0, 1e5)] * 3), posts=st.integers(0, 10**6))
def test_interval_stays_between_a_minute_and_an_hour(activity: Activity, posts: int) -> None:
    assert SHORTEST <= wanted_interval(activity.after(posts, MINUTE)) <= LONGEST
