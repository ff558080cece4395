"""When to try again. The outbox is the only place that retries."""

from datetime import datetime, timedelta

LEASE = timedelta(seconds=60)  # longer than any request may take, see chat/courier.py
_FIRST = timedelta(seconds=2)
_LONGEST = timedelta(minutes=10)


def next_try(now: datetime, attempts: int, asked_seconds: float | None = None) -> datetime:
    """The time of the next attempt after `attempts` failed ones (1 or more).

    Doubles from 2 s to 10 min; where Telegram names a wait, that wait counts.
    """
    if asked_seconds is not None:
        return now + timedelta(seconds=asked_seconds)
    doubled: timedelta = _FIRST * 2 ** min(attempts - 1, 20)
    return now + min(doubled, _LONGEST)
