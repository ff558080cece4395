"""Moments as people read them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta


def local_time(moment: datetime, timezone: str, language: str) -> str:
    """Day, month, time and zone, as in "23 Nov 2026, 21.05 WIB"."""
    zone = ZoneInfo(timezone)
    written = format_datetime(moment, "d MMM y HH:mm", tzinfo=zone, locale=language)
    return f"{written} {moment.astimezone(zone):%Z}"


def how_long(span: timedelta, language: str) -> str:
    """A length of time in its largest unit, as in "3 days"; under a minute counts as one."""
    shown = max(span, timedelta(minutes=1))
    return format_timedelta(shown, granularity="minute", threshold=1.0, locale=language)


def local_clock(moment: datetime, timezone: str) -> str:
    """The time of day and the zone, as in "21:05 WIB"."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%H:%M %Z}"


def age(moment: datetime, now: datetime, language: str) -> str:
    """How long ago, in one unit, as in "3 hours ago"; what lies ahead is now."""
    passed = max(now - moment, timedelta(seconds=1))
    return format_timedelta(-passed, add_direction=True, threshold=1.5, locale=language)
