"""Puts what Telegram sends into the inbox."""

from collections.abc import Sequence
from typing import Any

from bot.ports import Clock
from bot.storage.database import Database
from bot.storage.inbox import Received

_POSTS = ("channel_post", "edited_channel_post")


class Receive:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, updates: Sequence[dict[str, Any]]) -> None:
        """Commits raw updates. Only after this may the next offset be asked for: asking is what
        tells Telegram that they arrived.
        """
        kept = [_received(update) for update in updates if isinstance(update.get("update_id"), int)]
        async with self._database.work() as work:
            await work.inbox.keep(kept, self._clock.now())
            await work.commit()

    async def next_offset(self) -> int | None:
        """The first update that is not in the inbox yet; None when it has never held any."""
        async with self._database.look() as work:
            newest = await work.inbox.newest_id()
        return None if newest is None else newest + 1


def _received(update: dict[str, Any]) -> Received:
    kind = "post" if any(name in update for name in _POSTS) else "people"
    return Received(update["update_id"], kind, update)
