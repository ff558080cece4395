"""The append-only audit log."""

from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import insert, select, update

from bot.domain.audit import GENESIS, AuditEntry, Details, Head, entry_after
from bot.storage.store import Store
from bot.storage.tables import audit, audit_head


class AuditStore(Store):
    async def hold(self) -> None:
        """Locks the end of the chain until the transaction ends.

        A transaction that locks other rows too calls this first: everybody in the same order, or
        PostgreSQL finds two that wait for each other.
        """
        await self._lock_head()

    async def write(
        self,
        event: str,
        subject: str,
        at: datetime,
        actor: int | None = None,
        details: Details | None = None,
    ) -> AuditEntry:
        """Appends an entry. subject: a noun and its id (`card 12`); details: ids and hashes."""
        head = await self._lock_head()
        entry = entry_after(head, at, actor, event, subject, details or {})
        await self._connection.execute(
            insert(audit).values(
                seq=entry.seq,
                at=entry.at,
                actor=entry.actor,
                event=entry.event,
                subject=entry.subject,
                details=dict(entry.details),
                previous_hash=entry.previous_hash,
                hash=entry.hash,
            )
        )
        await self._connection.execute(update(audit_head).values(seq=entry.seq, hash=entry.hash))
        return entry

    async def _lock_head(self) -> Head:
        await self._connection.execute(
            self._insert_new(audit_head).values(id=1, seq=0, hash=GENESIS)
        )
        locked = select(audit_head.c.seq, audit_head.c.hash).with_for_update()
        head = (await self._connection.execute(locked)).one()
        return Head(head.seq, head.hash)

    async def head(self) -> Head:
        """The end of the log, locked."""
        return await self._lock_head()

    async def newest_hash(self) -> str:
        return await self._connection.scalar(select(audit_head.c.hash)) or GENESIS

    async def entries(self) -> AsyncIterator[AuditEntry]:
        """All entries, oldest first, a few at a time."""
        rows = await self._connection.stream(select(audit).order_by(audit.c.seq))
        async for row in rows:
            yield AuditEntry(**row._mapping)
