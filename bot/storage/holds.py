"""Holds: cases whose words are kept whatever their age."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from bot.storage.store import Store
from bot.storage.tables import holds, people


@dataclass(frozen=True)
class Hold:
    case_id: int
    placed_by: str
    placed_at: datetime
    reason: str


class HoldStore(Store):
    async def place(self, case_id: int, by: int, reason: str, now: datetime) -> bool:
        """Keeps a case's words whatever their age; False where they are kept already."""
        kept = await self._connection.execute(
            self._insert_new(holds)
            .values(case_id=case_id, placed_by=by, placed_at=now, reason=reason)
            .returning(holds.c.case_id)
        )
        return kept.one_or_none() is not None

    async def lift(self, case_id: int) -> bool:
        gone = await self._connection.execute(delete(holds).where(holds.c.case_id == case_id))
        return bool(gone.rowcount)

    async def all(self) -> list[Hold]:
        rows = await self._connection.execute(
            select(holds, people.c.name)
            .join(people, people.c.id == holds.c.placed_by)
            .order_by(holds.c.case_id)
        )
        return [Hold(row.case_id, row.name, row.placed_at, row.reason) for row in rows]
