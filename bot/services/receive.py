"""Puts what Telegram sends into the inbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.ports import Clock
from bot.storage.database import Database
from bot.storage.inbox import Received

# Bot API, "Update": without updates for a week the next number is chosen at random.
_SAME_NUMBERING = timedelta(days=6)
_POSTS = ("channel_post", "edited_channel_post")


class Receive:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._last: tuple[int, datetime] | None = None  # that this process kept

    async def keep(self, updates: Sequence[dict[str, Any]]) -> set[str]:
        """Commits raw updates; the kinds that are among them, as in `Received`.

        Only after this may the next offset be asked for: asking tells Telegram that they arrived.
        """
        kept = [_received(update) for update in updates if isinstance(update.get("update_id"), int)]
        now = self._clock.now()
        async with self._database.work() as work:
            await work.inbox.keep(kept, now)
            await work.commit()
        if kept:
            self._last = (max(received.update_id for received in kept), now)
        return {received.kind for received in kept}

    async def next_offset(self) -> int | None:
        """The first update that is not in the inbox yet.

        None after a long silence: Telegram may number anew after a week without updates, and an
        offset from before would throw the new ones away. What comes again is known by its number.
        """
        since = self._clock.now() - _SAME_NUMBERING
        if self._last is not None and self._last[1] > since:
            return self._last[0] + 1
        async with self._database.look() as work:  # of the life before
            last = await work.inbox.last_since(since)
        return None if last is None else last + 1


def _received(update: dict[str, Any]) -> Received:
    kind = "post" if any(name in update for name in _POSTS) else "people"
    return Received(update["update_id"], kind, update)
