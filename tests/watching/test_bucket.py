"""The token bucket, in virtual time."""

from datetime import timedelta

from bot.schedule.bucket import Bucket
from tests.factories import NOON

SECOND = timedelta(seconds=1)


def test_requests_keep_to_the_rate_however_often_they_ask() -> None:
    bucket, now, taken = Bucket(0.5), NOON, 0
    while now < NOON + 60 * SECOND:
        wait = bucket.take(now)
        taken += not wait
        now += wait

    assert taken in (30, 31)


def test_after_a_lull_two_may_follow_each_other_and_no_more() -> None:
    bucket = Bucket(0.5)
    bucket.take(NOON)

    waits = [bucket.take(NOON + 60 * SECOND) for _ in range(3)]

    assert waits == [timedelta(), timedelta(), 2 * SECOND]


def test_clock_set_back_does_not_stop_it() -> None:
    bucket = Bucket(0.5)
    for _ in range(4):
        bucket.take(NOON + timedelta(days=1))

    assert bucket.take(NOON) <= 2 * SECOND
