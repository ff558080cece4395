"""The states of a channel, its back-off, and the circuit breaker of the host."""

from datetime import timedelta

import pytest

from bot.domain.health import Health, Host, back_off, health_after
from bot.domain.preview import Reached
from tests.factories import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_every_answer_has_a_state() -> None:
    assert {health_after(reached) for reached in Reached} == set(Health) - {
        Health.NEW,
        Health.OTHER_CHANNEL,
    }


@pytest.mark.parametrize("health", sorted(set(Health) - {Health.NEW, Health.WELL}))
def test_back_off_doubles_up_to_a_day(health: Health) -> None:
    waits = [back_off(health, failures) for failures in range(1, 40)]

    assert waits == sorted(waits)
    assert waits[1] == 2 * waits[0]
    assert HOUR <= waits[-1] <= DAY


@pytest.mark.parametrize("reached", [Reached.THROTTLED, Reached.CHALLENGE])
def test_refusal_pauses_at_once_and_longer_each_time(reached: Reached) -> None:
    host, pauses = Host(), []
    for _ in range(6):
        host = host.after(reached, None, NOON)
        assert host.paused_until is not None
        pauses.append((host.paused_until - NOON) / MINUTE)

    assert pauses == [5, 10, 20, 40, 60, 60]


def test_what_the_host_asks_for_is_done() -> None:
    host = Host().after(Reached.THROTTLED, 3 * HOUR, NOON)

    assert host.is_paused(NOON + 3 * HOUR - MINUTE)
    assert not host.is_paused(NOON + 3 * HOUR)


def test_third_refusal_in_a_row_is_not_made_short_by_the_host() -> None:
    host = Host()
    for _ in range(3):
        host = host.after(Reached.THROTTLED, timedelta(seconds=1), NOON)

    assert host.paused_until == NOON + 20 * MINUTE


def test_absurd_wait_is_taken_for_a_day() -> None:
    assert Host().after(Reached.THROTTLED, 400 * DAY, NOON).paused_until == NOON + DAY


def test_servers_that_fail_pause_from_the_third_in_a_row() -> None:
    host = Host()
    paused = []
    for _ in range(4):
        host = host.after(Reached.SERVER_ERROR, None, NOON)
        paused.append(host.paused_until)

    assert paused == [None, None, NOON + 5 * MINUTE, NOON + 10 * MINUTE]


@pytest.mark.parametrize("reached", [Reached.PAGE, Reached.EMPTY, Reached.UNKNOWN_NAME])
def test_any_other_answer_ends_the_trouble(reached: Reached) -> None:
    assert Host(5, NOON).after(reached, None, NOON) == Host()
