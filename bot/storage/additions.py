"""Lists of channels on their way to be watched: their names, and what became of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from bot.domain.adding import ASKED, Addition, AdditionState, ChannelKind, Line, Outcome, WantedBy
from bot.storage.store import AnyRow, Store
from bot.storage.tables import addition_lines, additions


class AdditionStore(Store):
    async def open(self, person_id: int, chat_id: int, now: datetime) -> Addition:
        addition_id = await self._connection.scalar(
            insert(additions)
            .values(
                person_id=person_id,
                chat_id=chat_id,
                state=AdditionState.COLLECTING,
                kind=ChannelKind.ORDINARY,
                wanted_by=WantedBy.OWN,
                opened_at=now,
            )
            .returning(additions.c.id)
        )
        found = await self.get(int(addition_id or 0))
        assert found is not None  # inserted above
        return found

    async def asked_of(self, person_id: int) -> Addition | None:
        """The one whose admin has yet to say something. There is at most one."""
        return await self._one(
            (additions.c.person_id == person_id) & additions.c.state.in_(ASKED), for_update=True
        )

    async def get(self, addition_id: int) -> Addition | None:
        return await self._one(additions.c.id == addition_id, for_update=True)

    async def look_at(self, addition_id: int) -> Addition | None:
        """As `get`, without a lock."""
        return await self._one(additions.c.id == addition_id, for_update=False)

    async def in_state(self, state: AdditionState) -> list[Addition]:
        """All in one state, oldest first."""
        found = await self._connection.execute(
            select(additions).where(additions.c.state == state).order_by(additions.c.id)
        )
        return [await self._whole(row) for row in found.all()]

    async def count_in_state(self, state: AdditionState) -> int:
        asked = select(func.count()).select_from(additions).where(additions.c.state == state)
        return await self._connection.scalar(asked) or 0

    async def _one(self, condition: ColumnElement[bool], *, for_update: bool) -> Addition | None:
        asked = select(additions).where(condition)
        if for_update:
            asked = asked.with_for_update()
        row = (await self._connection.execute(asked)).first()
        return await self._whole(row) if row else None

    async def _whole(self, row: AnyRow) -> Addition:
        counted = await self._connection.execute(
            select(func.count(), func.count(addition_lines.c.answer)).where(
                addition_lines.c.addition_id == row.id
            )
        )
        lines, answered = counted.one()
        return Addition(
            id=row.id,
            person_id=row.person_id,
            chat_id=row.chat_id,
            state=AdditionState(row.state),
            opened_at=row.opened_at,
            reason=row.reason,
            kind=ChannelKind(row.kind),
            wanted_by=WantedBy(row.wanted_by),
            message_id=row.message_id,
            lines=lines,
            answered=answered,
        )

    async def change(self, addition_id: int, **values: Any) -> None:
        await self._connection.execute(
            update(additions).where(additions.c.id == addition_id).values(values)
        )

    async def take(self, addition_id: int, written: Sequence[str]) -> None:
        """Puts names behind those that are there."""
        last = await self._connection.scalar(
            select(func.max(addition_lines.c.place)).where(
                addition_lines.c.addition_id == addition_id
            )
        )
        rows = [
            {"addition_id": addition_id, "place": place, "written": one}
            for place, one in enumerate(written, (last or 0) + 1)
        ]
        if rows:
            await self._connection.execute(insert(addition_lines), rows)

    async def lines(
        self, addition_id: int, limit: int | None = None, *, unanswered: bool = False
    ) -> list[Line]:
        """Names in the order in which they came; unanswered: only those without an answer."""
        asked = (
            select(addition_lines)
            .where(addition_lines.c.addition_id == addition_id)
            .order_by(addition_lines.c.place)
            .limit(limit)
        )
        if unanswered:
            asked = asked.where(addition_lines.c.answer.is_(None))
        rows = await self._connection.execute(asked)
        return [
            Line(row.place, row.written, row.name, Outcome(row.answer) if row.answer else None)
            for row in rows
        ]

    async def answer(self, addition_id: int, place: int, answer: Outcome, name: str) -> None:
        await self._connection.execute(
            update(addition_lines)
            .where(addition_lines.c.addition_id == addition_id, addition_lines.c.place == place)
            .values(answer=answer, name=name)
        )

    async def answer_rest(self, addition_id: int, answer: Outcome) -> None:
        await self._connection.execute(
            update(addition_lines)
            .where(addition_lines.c.addition_id == addition_id, addition_lines.c.answer.is_(None))
            .values(answer=answer)
        )

    async def tally(self, addition_id: int) -> dict[Outcome, int]:
        rows = await self._connection.execute(
            select(addition_lines.c.answer, func.count())
            .where(
                addition_lines.c.addition_id == addition_id, addition_lines.c.answer.is_not(None)
            )
            .group_by(addition_lines.c.answer)
        )
        return {Outcome(answer): count for answer, count in rows.all()}

    async def close(self, addition_id: int, state: AdditionState, now: datetime) -> None:
        """Ends it, and forgets its names: some of them were private, or nobody's business."""
        await self.change(addition_id, state=state, closed_at=now)
        await self._connection.execute(
            delete(addition_lines).where(addition_lines.c.addition_id == addition_id)
        )
