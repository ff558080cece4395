"""Which sources are switched on, and how the preview's host answers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from bot.domain.health import Host
from bot.domain.post import SourceKind
from bot.storage.store import Store
from bot.storage.tables import sources


@dataclass(frozen=True)
class Switch:
    """Whether a source may be read, since when, and on what legal basis, where one is needed."""

    source: SourceKind
    is_on: bool
    legal_basis: str | None = None
    changed_by: int | None = None
    changed_at: datetime | None = None


class SourceStore(Store):
    async def get(self, source: SourceKind) -> Switch:
        """As it was switched last, or as it comes: the preview off, the others on."""
        found = await self._connection.execute(select(sources).where(sources.c.source == source))
        row = found.one_or_none()
        if row is None:
            return Switch(source, is_on=source is not SourceKind.PREVIEW)
        return Switch(source, row.is_on, row.legal_basis, row.changed_by, row.changed_at)

    async def is_on(self, source: SourceKind) -> bool:
        return (await self.get(source)).is_on

    async def change(
        self, source: SourceKind, is_on: bool, legal_basis: str | None, by: int, now: datetime
    ) -> None:
        values = {
            "is_on": is_on,
            "legal_basis": legal_basis,
            "changed_by": by,
            "changed_at": now,
        }
        await self._connection.execute(self._insert_new(sources).values(source=source, **values))
        await self._connection.execute(
            update(sources).where(sources.c.source == source).values(values)
        )

    async def host(self) -> Host:
        """How the host of the preview has answered lately."""
        found = await self._connection.execute(
            select(sources.c.troubles, sources.c.paused_until).where(
                sources.c.source == SourceKind.PREVIEW
            )
        )
        row = found.one_or_none()
        return Host(row.troubles, row.paused_until) if row else Host()

    async def answered(self, host: Host) -> None:
        """Keeps it, so that a new start does not forget how long to wait."""
        await self._connection.execute(
            update(sources)
            .where(sources.c.source == SourceKind.PREVIEW)
            .values(troubles=host.troubles, paused_until=host.paused_until)
        )
