"""When the outbox tries again."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.retry import LEASE, next_try

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 2), (2, 4), (3, 8), (9, 512), (10, 600), (60, 600), (10**6, 600)]
)
def test_wait_doubles_up_to_ten_minutes(attempts: int, seconds: int) -> None:
    assert next_try(NOON, attempts) == NOON + timedelta(seconds=seconds)


def test_what_telegram_asks_for_counts() -> None:
    assert next_try(NOON, 1, asked_seconds=37.5) == NOON + timedelta(seconds=37.5)
    assert next_try(NOON, 9, asked_seconds=0) == NOON


def test_lease_outlasts_the_first_retries() -> None:
    assert timedelta(seconds=30) <= LEASE <= timedelta(minutes=10)
