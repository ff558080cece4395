"""The messages of the day that admins were owed."""

from datetime import datetime

from sqlalchemy import func, select

from bot.storage.store import Store
from bot.storage.tables import heartbeats


class HeartbeatStore(Store):
    async def last_due(self) -> datetime | None:
        """For when the last one was due; None before the first."""
        due: datetime | None = await self._connection.scalar(select(func.max(heartbeats.c.due_at)))
        return due

    async def made(self, due_at: datetime, now: datetime) -> bool:
        """Whether this one was not made before."""
        kept = await self._connection.execute(
            self._insert_new(heartbeats)
            .values(due_at=due_at, made_at=now)
            .returning(heartbeats.c.due_at)
        )
        return kept.scalar_one_or_none() is not None
