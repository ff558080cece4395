"""The moderators' notice board, and what stands on it."""

from dataclasses import fields
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update

from bot.domain.board import Board, Notices
from bot.domain.case import OPEN_STATES
from bot.storage.store import Store
from bot.storage.tables import board, cards, desks


class BoardStore(Store):
    async def get(self) -> Board | None:
        """The board, locked; None where there is none."""
        asked = select(*(board.c[field.name] for field in fields(Board))).with_for_update()
        row = (await self._connection.execute(asked)).one_or_none()
        return Board(**row._mapping) if row else None

    async def hang(self, chat_id: int, title: str, language: str, called_card_id: int) -> None:
        """Makes a group the board, in place of the one before it."""
        await self._connection.execute(delete(board))
        await self._connection.execute(
            insert(board).values(
                id=1,
                chat_id=chat_id,
                title=title,
                language=language,
                called_card_id=called_card_id,
            )
        )

    async def change(self, **changed: Any) -> None:
        """Sets columns of the board, by their names in `Board`."""
        await self._connection.execute(update(board).values(changed))

    async def take_down(self) -> None:
        await self._connection.execute(delete(board))

    async def notices(self) -> Notices:
        """How much waits, and how many are there to look at it."""
        waiting, urgent, oldest = (
            await self._connection.execute(
                select(
                    func.count(),
                    func.count().filter(cards.c.is_urgent),
                    func.min(cards.c.opened_at),
                ).where(cards.c.state.in_(OPEN_STATES))
            )
        ).one()
        on_duty = select(func.count()).select_from(desks).where(desks.c.is_on_duty)
        return Notices(waiting, urgent, await self._connection.scalar(on_duty) or 0, oldest)

    async def threats_after(self, card_id: int) -> tuple[int, int]:
        """How many threats wait that were opened after a card, and the newest card of all."""
        is_new = and_(cards.c.id > card_id, cards.c.is_urgent, cards.c.state.in_(OPEN_STATES))
        asked = select(func.count().filter(is_new), func.max(cards.c.id))
        threats, newest = (await self._connection.execute(asked)).one()
        return threats, newest or card_id
