"""Digests: numbered from 1 for each recipient, delivered when all their parts are.

A digest is made (numbered, its items leased) and then written: its message and documents are drawn
outside any transaction and kept in a second one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, insert, or_, select, update

from bot.domain.referral import ReferralState
from bot.storage.store import AnyRow, Store
from bot.storage.tables import digest_files, digests, recipients, referrals


@dataclass(frozen=True)
class KeptDigest:
    """A digest's row. written_at: None until its message and documents are in the outbox."""

    id: int
    recipient_id: int
    number: int
    created_at: datetime
    is_at_once: bool
    is_test: bool
    audit_hash: str
    written_at: datetime | None
    manifest_sha256: str | None
    delivered_at: datetime | None


@dataclass(frozen=True)
class KeptFile:
    """A document of a digest; its content lies under its hash."""

    name: str
    sha256: str
    size: int


class DigestStore(Store):
    async def number(self, recipient_id: int) -> int:
        """The next number. Locks the recipient, so that nobody else takes it meanwhile."""
        await self._connection.execute(
            select(recipients.c.id).where(recipients.c.id == recipient_id).with_for_update()
        )
        return await self.newest_number(recipient_id) + 1

    async def newest_number(self, recipient_id: int) -> int:
        """0 before the first."""
        newest: int | None = await self._connection.scalar(
            select(func.max(digests.c.number)).where(digests.c.recipient_id == recipient_id)
        )
        return newest or 0

    async def open(
        self,
        recipient_id: int,
        number: int,
        audit_hash: str,
        now: datetime,
        *,
        is_at_once: bool = False,
        is_test: bool = False,
    ) -> int:
        """A digest that is made and waits to be written."""
        kept = await self._connection.execute(
            insert(digests)
            .values(
                recipient_id=recipient_id,
                number=number,
                created_at=now,
                parts_owed=0,
                is_at_once=is_at_once,
                is_test=is_test,
                audit_hash=audit_hash,
            )
            .returning(digests.c.id)
        )
        return int(kept.scalar_one())

    async def get(self, digest_id: int, *, for_update: bool = False) -> KeptDigest:
        asked = select(digests).where(digests.c.id == digest_id)
        if for_update:
            asked = asked.with_for_update()
        return _digest((await self._connection.execute(asked)).one())

    async def find(self, digest_id: int) -> KeptDigest | None:
        found = await self._connection.execute(select(digests).where(digests.c.id == digest_id))
        row = found.one_or_none()
        return _digest(row) if row else None

    async def before(self, recipient_id: int, number: int) -> KeptDigest | None:
        """The newest written digest with a smaller number, to the same recipient."""
        found = await self._connection.execute(
            select(digests)
            .where(
                digests.c.recipient_id == recipient_id,
                digests.c.number < number,
                digests.c.manifest_sha256.is_not(None),
            )
            .order_by(digests.c.number.desc())
            .limit(1)
        )
        row = found.one_or_none()
        return _digest(row) if row else None

    async def numbered(self, number: int) -> Sequence[KeptDigest]:
        """The digests that carry a number and were delivered or failed, one a recipient at most."""
        has_failed = exists().where(
            referrals.c.digest_id == digests.c.id, referrals.c.state == ReferralState.FAILED
        )
        rows = await self._connection.execute(
            select(digests)
            .where(digests.c.number == number, or_(digests.c.delivered_at.is_not(None), has_failed))
            .order_by(digests.c.recipient_id)
        )
        return [_digest(row) for row in rows]

    async def unwritten(self) -> Sequence[int]:
        """Digests that were made and not written yet, oldest first."""
        found = await self._connection.scalars(
            select(digests.c.id).where(digests.c.written_at.is_(None)).order_by(digests.c.id)
        )
        return found.all()

    async def written(
        self,
        digest_id: int,
        parts: int,
        files: Sequence[KeptFile],
        manifest_sha256: str | None,
        now: datetime,
    ) -> None:
        """Its message has so many parts, and these are its documents."""
        for place, file in enumerate(files, 1):
            await self._connection.execute(
                insert(digest_files).values(
                    digest_id=digest_id,
                    place=place,
                    name=file.name,
                    sha256=file.sha256,
                    size=file.size,
                )
            )
        await self._connection.execute(
            update(digests)
            .where(digests.c.id == digest_id)
            .values(parts_owed=parts, written_at=now, manifest_sha256=manifest_sha256)
        )

    async def to_be_rewritten(self, digest_id: int) -> None:
        """Nothing of it has left, and what it carries has changed."""
        await self._connection.execute(
            delete(digest_files).where(digest_files.c.digest_id == digest_id)
        )
        await self._connection.execute(
            update(digests)
            .where(digests.c.id == digest_id)
            .values(parts_owed=0, written_at=None, manifest_sha256=None)
        )

    async def files(self, digest_id: int) -> Sequence[KeptFile]:
        rows = await self._connection.execute(
            select(digest_files)
            .where(digest_files.c.digest_id == digest_id)
            .order_by(digest_files.c.place)
        )
        return [KeptFile(row.name, row.sha256, row.size) for row in rows]

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


def _digest(row: AnyRow) -> KeptDigest:
    return KeptDigest(
        row.id,
        row.recipient_id,
        row.number,
        row.created_at,
        row.is_at_once,
        row.is_test,
        row.audit_hash or "",
        row.written_at,
        row.manifest_sha256,
        row.delivered_at,
    )
