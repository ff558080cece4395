"""When a timetable rings next, by our own Clock."""

from datetime import datetime
from typing import cast

from apscheduler.triggers.cron import CronTrigger

from bot.domain.errors import SettingsError


def next_time(crontab: str, timezone: str, after: datetime) -> datetime:
    """The first moment after `after` that five crontab fields name in a time zone.

    Raises SettingsError for a crontab line or a zone that there is not.
    """
    try:
        trigger = CronTrigger.from_crontab(crontab, timezone=timezone)
    except (ValueError, LookupError) as error:
        raise SettingsError(
            f"{crontab!r} in {timezone!r} is no timetable: write five crontab fields, such as "
            "`0 8 * * *`, and a zone such as Asia/Jakarta."
        ) from error
    found = trigger.get_next_fire_time(after, after)  # strictly later than its first argument
    if found is None:
        raise SettingsError(f"{crontab!r} names a day that never comes: choose another one.")
    return cast(datetime, found)
