"""Digests: numbered from 1 for each recipient, delivered when all their parts are."""

from datetime import datetime

from sqlalchemy import func, insert, select, update

from bot.storage.store import Store
from bot.storage.tables import digests, recipients


class DigestStore(Store):
    async def number(self, recipient_id: int) -> int:
        """The next number. Locks the recipient, so that nobody else takes it meanwhile."""
        await self._connection.execute(
            select(recipients.c.id).where(recipients.c.id == recipient_id).with_for_update()
        )
        newest = await self._connection.scalar(
            select(func.max(digests.c.number)).where(digests.c.recipient_id == recipient_id)
        )
        return (newest or 0) + 1

    async def open(
        self,
        recipient_id: int,
        number: int,
        parts: int,
        now: datetime,
        *,
        is_at_once: bool = False,
    ) -> int:
        kept = await self._connection.execute(
            insert(digests)
            .values(
                recipient_id=recipient_id,
                number=number,
                created_at=now,
                parts_owed=parts,
                is_at_once=is_at_once,
            )
            .returning(digests.c.id)
        )
        return int(kept.scalar_one())

    async def made_at(self, digest_id: int) -> tuple[int, int, datetime]:
        """A digest's number, its recipient's id, and when it was made."""
        found = await self._connection.execute(select(digests).where(digests.c.id == digest_id))
        row = found.one()
        return row.number, row.recipient_id, row.created_at

    async def set_parts(self, digest_id: int, parts: int) -> None:
        await self._connection.execute(
            update(digests).where(digests.c.id == digest_id).values(parts_owed=parts)
        )

    async def part_delivered(self, digest_id: int, now: datetime) -> bool:
        """Counts a part off; whether it was the last one."""
        left: int | None = await self._connection.scalar(
            update(digests)
            .where(digests.c.id == digest_id)
            .values(parts_owed=digests.c.parts_owed - 1)
            .returning(digests.c.parts_owed)
        )
        if left == 0:
            await self._connection.execute(
                update(digests).where(digests.c.id == digest_id).values(delivered_at=now)
            )
        return left == 0

    async def newest_delivered(self) -> datetime | None:
        newest: datetime | None = await self._connection.scalar(
            select(func.max(digests.c.delivered_at))
        )
        return newest
