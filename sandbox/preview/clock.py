"""A clock that stands still until somebody moves it."""

from datetime import UTC, datetime, timedelta
from typing import Final

MORNING: Final = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


class VirtualClock:
    """Starts on a Monday morning unless told otherwise; never goes back."""

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self.move_to(self._now + by)

    def move_to(self, moment: datetime) -> None:
        """Raises ValueError for a moment that has passed."""
        if moment < self._now:
            raise ValueError(f"{moment} is before {self._now}")
        self._now = moment
