"""Crontab lines as everybody else reads them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import SettingsError
from bot.services.timetable import next_time

MONDAY_NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # 12.00 in Jakarta


@pytest.mark.parametrize(
    ("crontab", "expected"),
    [
        ("0 8 * * *", "2026-03-03T08:00:00+07:00"),
        ("0 12 * * *", "2026-03-03T12:00:00+07:00"),  # strictly later than now
        ("1 12 * * *", "2026-03-02T12:01:00+07:00"),
        ("*/15 * * * *", "2026-03-02T12:15:00+07:00"),
        ("0 8 1 * *", "2026-04-01T08:00:00+07:00"),
        ("0 8 * * mon", "2026-03-09T08:00:00+07:00"),
        ("0 8 * * 1", "2026-03-09T08:00:00+07:00"),  # crontab's Monday
        ("0 8 * * 0", "2026-03-08T08:00:00+07:00"),  # Sunday, and so is 7
        ("0 8 * * 7", "2026-03-08T08:00:00+07:00"),
        ("0 8 * * 1-5", "2026-03-03T08:00:00+07:00"),
        ("0 8 * * 2,4", "2026-03-03T08:00:00+07:00"),
        ("0 8 * * 6", "2026-03-07T08:00:00+07:00"),
        ("0 8 * * 6-7", "2026-03-07T08:00:00+07:00"),
        ("0 8 * * 0-6", "2026-03-03T08:00:00+07:00"),
        ("0 8 * * 1-5/2", "2026-03-04T08:00:00+07:00"),
        ("0 8 * * */3", "2026-03-04T08:00:00+07:00"),
        ("0 8 * * mon-fri", "2026-03-03T08:00:00+07:00"),
    ],
)
def test_next_time_of(crontab: str, expected: str) -> None:
    assert next_time(crontab, "Asia/Jakarta", MONDAY_NOON).isoformat() == expected


def test_next_time_is_always_later() -> None:
    moment = MONDAY_NOON
    for _ in range(5):
        following = next_time("0 8 * * *", "Asia/Jakarta", moment)
        assert following > moment
        assert following - moment <= timedelta(days=1)
        moment = following


def test_hour_that_summer_time_leaves_out_does_not_stop_the_timetable() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)

    assert next_time("30 2 * * *", "Europe/Berlin", before) > before


@pytest.mark.parametrize(
    "crontab",
    ["", "8", "0 8 * *", "61 8 * * *", "0 8 31 2 *", "a b c d e", "0 8 * * 8", "0 8 * * 5-2"],
)
def test_line_that_names_no_time_is_refused(crontab: str) -> None:
    with pytest.raises(SettingsError):
        next_time(crontab, "Asia/Jakarta", MONDAY_NOON)


def test_zone_that_there_is_not_is_refused() -> None:
    with pytest.raises(SettingsError):
        next_time("0 8 * * *", "Asia/Atlantis", MONDAY_NOON)
