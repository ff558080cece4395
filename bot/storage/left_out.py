"""Channels whose owner asked not to be watched."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update

from bot.domain.channel import ChannelRef
from bot.storage.store import Store
from bot.storage.tables import left_out


@dataclass(frozen=True)
class LeftOut:
    """An entry of the list. name: the public name by which the owner asked, in lower case."""

    id: int
    name: str
    reason: str
    listed_at: datetime


class LeftOutStore(Store):
    async def has(self, ref: ChannelRef) -> bool:
        """Whether the channel is on the list, by its id or else its name."""
        if ref.chat_id is None and not ref.username:
            return False
        found = [left_out.c.username_key == (ref.username or "").lower()]
        if ref.chat_id is not None:
            found.append(left_out.c.chat_id == ref.chat_id)
        asked = select(left_out.c.id).where(left_out.c.lifted_at.is_(None), or_(*found)).limit(1)
        return (await self._connection.execute(asked)).first() is not None

    async def add(self, ref: ChannelRef, reason: str, by: int, now: datetime) -> int:
        """The entry's number. The caller has seen to it that the channel is not on the list."""
        added = await self._connection.scalar(
            insert(left_out)
            .values(
                chat_id=ref.chat_id,
                username_key=(ref.username or "").lower(),
                reason=reason,
                listed_by=by,
                listed_at=now,
            )
            .returning(left_out.c.id)
        )
        return int(added or 0)

    async def lift(self, entry_id: int, by: int, now: datetime) -> str | None:
        """The name that is on the list no more; None where it was not on it."""
        name: str | None = await self._connection.scalar(
            update(left_out)
            .where(left_out.c.id == entry_id, left_out.c.lifted_at.is_(None))
            .values(lifted_by=by, lifted_at=now)
            .returning(left_out.c.username_key)
        )
        return name

    async def listed(self) -> list[LeftOut]:
        """Those on the list now, newest first."""
        rows = await self._connection.execute(
            select(left_out)
            .where(left_out.c.lifted_at.is_(None))
            .order_by(left_out.c.listed_at.desc(), left_out.c.id.desc())
        )
        return [LeftOut(row.id, row.username_key, row.reason, row.listed_at) for row in rows]
