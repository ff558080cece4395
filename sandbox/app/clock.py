"""A clock that can be moved forward, shared by the double and the bot through a file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

_NONE = timedelta(0)


class MovedClock:
    """The wall clock plus an offset in seconds, kept in a file that another process can read."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @property
    def ahead(self) -> timedelta:
        return timedelta(seconds=float(self._file.read_text())) if self._file.exists() else _NONE

    def move(self, by: timedelta) -> None:
        """Goes forward, for whoever reads the same file."""
        written = self._file.with_suffix(".new")
        written.write_text(str((self.ahead + by).total_seconds()))
        written.replace(self._file)  # nobody ever reads half a number
