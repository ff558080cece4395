"""Moments as people read them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime


def local_time(moment: datetime, timezone: str, language: str) -> str:
    """Day, month, time and zone, as in "23 Nov 2026, 21.05 WIB"."""
    zone = ZoneInfo(timezone)
    written = format_datetime(moment, "d MMM y HH:mm", tzinfo=zone, locale=language)
    return f"{written} {moment.astimezone(zone):%Z}"
