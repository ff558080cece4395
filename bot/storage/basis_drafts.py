"""Admins on the way to switching a source on: asked for a legal basis, or for their last word."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.domain.post import SourceKind
from bot.storage.store import Store
from bot.storage.tables import basis_drafts


class BasisDraftStore(Store):
    async def ask(self, person_id: int, source: SourceKind, now: datetime) -> None:
        """Waits for a person's words from now on; earlier ones are gone."""
        await self.drop(person_id)
        await self._connection.execute(
            insert(basis_drafts).values(person_id=person_id, source=source, asked_at=now)
        )

    async def typed(self, person_id: int, basis: str, since: datetime) -> SourceKind | None:
        """Keeps the words of a person who was asked for them since a moment; None for others."""
        found = await self._connection.scalar(
            update(basis_drafts)
            .where(
                basis_drafts.c.person_id == person_id,
                basis_drafts.c.basis.is_(None),
                basis_drafts.c.asked_at >= since,
            )
            .values(basis=basis)
            .returning(basis_drafts.c.source)
        )
        return SourceKind(found) if found else None

    async def take(self, person_id: int, since: datetime) -> tuple[SourceKind, str] | None:
        """What a person typed, once; None where nothing was, or too long ago."""
        row = (
            await self._connection.execute(
                select(basis_drafts).where(
                    basis_drafts.c.person_id == person_id,
                    basis_drafts.c.basis.is_not(None),
                    basis_drafts.c.asked_at >= since,
                )
            )
        ).one_or_none()
        await self.drop(person_id)
        return (SourceKind(row.source), row.basis) if row else None

    async def drop(self, person_id: int) -> None:
        await self._connection.execute(
            delete(basis_drafts).where(basis_drafts.c.person_id == person_id)
        )
