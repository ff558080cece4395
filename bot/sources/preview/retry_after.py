"""How long a host asks to be left alone."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# Nobody means longer; and a number without end must not overflow.
_LONGEST: Final = timedelta(days=7)


def retry_after(asked: str | None, *, now: datetime) -> timedelta | None:
    """The wait in a Retry-After header, seconds or a date; None where it says nothing usable.

    now: by the clock that wrote the date. Never negative, at most a week.
    """
    written = (asked or "").strip()
    if written.isascii() and written.isdecimal():
        return timedelta(seconds=int(written)) if len(written) < 7 else _LONGEST
    until = http_date(written)
    return min(max(until - now, timedelta(0)), _LONGEST) if until else None


def http_date(written: str | None) -> datetime | None:
    """A date as HTTP headers write it, in UTC; None for anything else."""
    try:
        when = parsedate_to_datetime(written or "")
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except OverflowError:
        return None
