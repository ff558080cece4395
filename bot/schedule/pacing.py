"""Keeps below Telegram's limits: a message a second to a person, 20 a minute to a group."""

from datetime import datetime, timedelta

_PERSON = timedelta(seconds=1)
_GROUP = timedelta(seconds=3)
_BURST = 5  # messages in a row that Telegram takes from us before it counts; a desk needs few


class Pace:
    """A bucket of five messages for each chat, refilled one by one."""

    def __init__(self) -> None:
        self._full_at: dict[int, datetime] = {}

    def spent(self, chat_id: int, now: datetime) -> None:
        """A message goes to this chat."""
        interval = _interval(chat_id)
        self._full_at[chat_id] = max(self._full_at.get(chat_id, now), now) + interval

    def resting(self, now: datetime) -> set[int]:
        """Chats whose bucket is empty. Full buckets are forgotten."""
        self._full_at = {chat: full for chat, full in self._full_at.items() if full > now}
        return {
            chat
            for chat, full in self._full_at.items()
            if full - now > _interval(chat) * (_BURST - 1)
        }


def _interval(chat_id: int) -> timedelta:
    return _PERSON if chat_id > 0 else _GROUP  # Telegram's ids of groups are negative
