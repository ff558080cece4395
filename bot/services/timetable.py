"""When a timetable rings next, by our own Clock."""

import re
from datetime import datetime
from typing import cast

from apscheduler.triggers.cron import CronTrigger

from bot.domain.errors import SettingsError

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as crontab numbers them, 0..7
_NUMBERED = re.compile(r"(?:([0-7])(?:-([0-7])(?:/([1-7]))?)?|\*/([1-7]))")


def next_time(crontab: str, timezone: str, after: datetime) -> datetime:
    """The first moment after `after` that five crontab fields name in a time zone.

    Raises SettingsError for a crontab line or a zone that there is not.
    """
    try:
        trigger = CronTrigger.from_crontab(_with_named_days(crontab), timezone=timezone)
    except (ValueError, LookupError) as error:
        raise SettingsError(
            f"DIGEST_AT {crontab!r} in {timezone!r} is no timetable: write five crontab fields, "
            "such as `0 8 * * *`, and a zone such as Asia/Jakarta."
        ) from error
    found = trigger.get_next_fire_time(after, after)  # strictly later than its first argument
    if found is None:
        raise SettingsError(f"DIGEST_AT {crontab!r} names a day that never comes.")
    return cast(datetime, found)


def _with_named_days(crontab: str) -> str:
    """The line with weekdays by name: APScheduler counts them from Monday, crontab from Sunday."""
    *fields, days = crontab.split() or [""]
    return " ".join([*fields, ",".join(_named(part) for part in days.split(","))])


def _named(part: str) -> str:
    found = _NUMBERED.fullmatch(part)
    if not found:
        return part
    first, last, step, every = (int(number) if number else None for number in found.groups())
    if every:
        return ",".join(_DAYS[0:7:every])
    assert first is not None  # the pattern has no third way
    return ",".join(_DAYS[first : (first if last is None else last) + 1 : step or 1]) or part
