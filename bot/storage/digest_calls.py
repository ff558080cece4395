"""Digests that must be acknowledged at once, and when their recipient is called again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from bot.domain.calling import next_call
from bot.storage.store import Store
from bot.storage.tables import digest_calls, digests, received


@dataclass(frozen=True)
class Call:
    """A digest that nobody acknowledged. calls: how many there have been."""

    digest_id: int
    number: int
    recipient_id: int
    started_at: datetime
    calls: int
    is_delivered: bool


class DigestCallStore(Store):
    async def start(self, digest_id: int, now: datetime) -> None:
        await self._connection.execute(
            self._insert_new(digest_calls).values(
                digest_id=digest_id, started_at=now, calls=0, next_at=next_call(now, 0)
            )
        )

    async def due(self, now: datetime) -> Sequence[Call]:
        """Digests whose next call is due and that nobody has acknowledged; locked."""
        rows = await self._connection.execute(
            select(digest_calls, digests.c.number, digests.c.recipient_id, digests.c.delivered_at)
            .join(digests, digests.c.id == digest_calls.c.digest_id)
            .outerjoin(received, received.c.digest_id == digest_calls.c.digest_id)
            .where(digest_calls.c.next_at <= now, received.c.digest_id.is_(None))
            .order_by(digest_calls.c.next_at, digest_calls.c.digest_id)
            .with_for_update(of=digest_calls)
        )
        return [
            Call(
                row.digest_id,
                row.number,
                row.recipient_id,
                row.started_at,
                row.calls,
                row.delivered_at is not None,
            )
            for row in rows
        ]

    async def called(self, call: Call, calls_made: int, now: datetime) -> None:
        """Keeps how many calls there have been, and when the next one is due."""
        following = next_call(call.started_at, calls_made)
        await self._connection.execute(
            update(digest_calls)
            .where(digest_calls.c.digest_id == call.digest_id)
            .values(calls=calls_made, next_at=following, ended_at=None if following else now)
        )

    async def end(self, digest_id: int, now: datetime) -> None:
        """Nobody is called about this digest any more."""
        await self._connection.execute(
            update(digest_calls)
            .where(digest_calls.c.digest_id == digest_id, digest_calls.c.next_at.is_not(None))
            .values(next_at=None, ended_at=now)
        )
