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
