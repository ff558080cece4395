"""Groups that the bot was put into and that nobody has spoken for yet."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, select

from bot.storage.store import Store
from bot.storage.tables import doorsteps


@dataclass(frozen=True)
class Doorstep:
    """A group that waits for its link. language: of whoever put the bot there.

    admin_id: that person, where it was an admin; then it may also become the notice board.
    """

    chat_id: int
    title: str
    language: str
    admin_id: int | None
    since: datetime


_COLUMNS = tuple(doorsteps.c[field.name] for field in fields(Doorstep))


class DoorstepStore(Store):
    async def wait(self, group: Doorstep) -> None:
        """A group waits from now on; one that waits already goes on as before."""
        await self._connection.execute(self._insert_new(doorsteps).values(**vars(group)))

    async def leave(self, chat_id: int) -> bool:
        """The group waits no more; whether it did."""
        done = await self._connection.execute(
            delete(doorsteps).where(doorsteps.c.chat_id == chat_id)
        )
        return bool(done.rowcount)

    async def since_before(self, moment: datetime) -> Sequence[Doorstep]:
        """Groups that have waited since a moment or longer, the longest first."""
        rows = await self._connection.execute(
            select(*_COLUMNS)
            .where(doorsteps.c.since <= moment)
            .order_by(doorsteps.c.since, doorsteps.c.chat_id)
        )
        return [Doorstep(**row._mapping) for row in rows]
