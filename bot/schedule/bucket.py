"""A token bucket: so many requests a second to one host, however many channels wait."""

from datetime import datetime, timedelta


class Bucket:
    """per_second: the rate. burst: requests that may follow each other after a lull."""

    def __init__(self, per_second: float, burst: int = 2) -> None:
        self._interval = timedelta(seconds=1 / per_second)
        self._most = self._interval * (burst - 1)
        self._empty_until: datetime | None = None

    def take(self, now: datetime) -> timedelta:
        """Takes a token: nothing to wait for. Without one: how long until there is one."""
        until = self._empty_until if self._empty_until is not None else now
        # A clock that was set back must not stop us for longer than an empty bucket would.
        until = max(min(until, now + self._most + self._interval), now)
        if until - now > self._most:
            return until - now - self._most
        self._empty_until = until + self._interval
        return timedelta()
