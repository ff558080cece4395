"""What people said of their confirmations, beside the reviews."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, select, update

from bot.domain.statement import Statement
from bot.storage.store import Store
from bot.storage.tables import statements


class StatementStore(Store):
    async def write(self, review_id: int, statement: Statement, now: datetime) -> None:
        """Keeps what was said with a review; said again, it replaces what was said before."""
        said = statement.as_json() | {"made_at": now}
        changed = await self._connection.execute(
            update(statements).where(statements.c.review_id == review_id).values(said)
        )
        if not changed.rowcount:
            await self._connection.execute(insert(statements).values(review_id=review_id, **said))

    async def of(self, review_ids: Collection[int]) -> dict[int, Statement]:
        """Statements by review; reviews that nobody said anything about are missing."""
        rows = await self._connection.execute(
            select(statements).where(statements.c.review_id.in_(review_ids))
        )
        return {row.review_id: Statement.from_json({**row._mapping}) for row in rows}
