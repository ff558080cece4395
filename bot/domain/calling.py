"""When a recipient who did not press Received is called again, and when others are told."""

from datetime import datetime, timedelta

CALLS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60))  # after it was sent
LAST = len(CALLS)  # with this call the second contact and the admins are told, and it is the last


def next_call(sent_at: datetime, calls: int) -> datetime | None:
    """When the next call is due after so many; None when there are no more."""
    return sent_at + CALLS[calls] if calls < LAST else None


def calls_due(sent_at: datetime, now: datetime) -> int:
    """How many calls there should have been by now."""
    return sum(sent_at + after <= now for after in CALLS)
