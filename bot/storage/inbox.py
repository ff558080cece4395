"""Raw updates, kept before Telegram is told that they arrived."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.storage.store import Store
from bot.storage.tables import inbox


@dataclass(frozen=True)
class Received:
    """An update as Telegram sent it. kind: `post` for channels' posts, else `people`."""

    update_id: int
    kind: str
    payload: dict[str, Any]


class InboxStore(Store):
    async def keep(self, updates: Sequence[Received], now: datetime) -> None:
        """Keeps updates that are not here yet."""
        rows = [
            {
                "update_id": one.update_id,
                "kind": one.kind,
                "payload": json.dumps(one.payload),
                "received_at": now,
            }
            for one in updates
        ]
        if rows:
            await self._connection.execute(self._insert_new(inbox), rows)

    async def last_since(self, moment: datetime) -> int | None:
        """The number of the update that arrived last, if it did after a moment."""
        last: int | None = await self._connection.scalar(
            select(inbox.c.update_id)
            .where(inbox.c.received_at > moment)
            .order_by(inbox.c.received_at.desc(), inbox.c.update_id.desc())
            .limit(1)
        )
        return last

    async def waiting(self, kind: str, limit: int) -> list[Received]:
        """Updates of a kind that nobody has handled, oldest first."""
        found = await self._connection.execute(
            select(inbox.c.update_id, inbox.c.kind, inbox.c.payload)
            .where(inbox.c.kind == kind, inbox.c.handled_at.is_(None))
            .order_by(inbox.c.update_id)
            .limit(limit)
        )
        return [Received(row.update_id, row.kind, json.loads(row.payload)) for row in found]

    async def count_waiting(self) -> int:
        asked = select(func.count()).select_from(inbox).where(inbox.c.handled_at.is_(None))
        return await self._connection.scalar(asked) or 0

    async def handled(
        self, update_ids: Sequence[int], now: datetime, problem: str | None = None
    ) -> None:
        """Marks updates as done with. Their content is dropped: it may hold what we must not keep.

        problem: why one could not be handled; such an update keeps its content for a look.
        """
        values: dict[str, Any] = {"handled_at": now, "problem": problem}
        if problem is None:
            values["payload"] = "{}"
        await self._connection.execute(
            update(inbox).where(inbox.c.update_id.in_(update_ids)).values(values)
        )
