"""Moderators' desks: who is on duty, and what lies on each."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select, update

from bot.domain.desk import Desk, Notice, View
from bot.domain.people import Role
from bot.storage.store import AnyRow, Store
from bot.storage.tables import cards, desks, people, roles


class DeskStore(Store):
    async def of(self, person_id: int) -> Desk | None:
        asked = select(desks).where(desks.c.person_id == person_id)
        row = (await self._connection.execute(asked)).one_or_none()
        return _desk(row) if row else None

    async def set_up(self, person_id: int) -> Desk:
        """The person's desk, locked; made if there is none, off duty."""
        await self._connection.execute(
            self._insert_new(desks).values(person_id=person_id, is_on_duty=False, view=View.IDLE)
        )
        asked = select(desks).where(desks.c.person_id == person_id).with_for_update()
        return _desk((await self._connection.execute(asked)).one())

    async def change(self, person_id: int, **changed: Any) -> None:
        """Sets columns of a desk, by their names in `Desk`."""
        if isinstance(changed.get("notice"), Notice):
            changed["notice"] = changed["notice"].as_json()
        await self._connection.execute(
            update(desks).where(desks.c.person_id == person_id).values(changed)
        )

    async def waiting_for_work(self, now: datetime) -> Sequence[Desk]:
        """Empty desks on duty, none that rests, whose person is still a moderator."""
        rows = await self._connection.execute(
            select(desks)
            .join(roles, roles.c.person_id == desks.c.person_id)
            .where(
                roles.c.role == Role.MODERATOR,
                desks.c.is_on_duty,
                desks.c.card_id.is_(None),
                or_(desks.c.rests_until.is_(None), desks.c.rests_until <= now),
            )
            .order_by(desks.c.person_id)
            .with_for_update(of=desks, skip_locked=True)
        )
        return [_desk(row) for row in rows]

    async def rested(self, now: datetime) -> Sequence[int]:
        """People whose rest is over; from now on they are as if there had been none."""
        over = await self._connection.scalars(
            update(desks)
            .where(desks.c.rests_until <= now)
            .values(rests_until=None)
            .returning(desks.c.person_id)
        )
        return over.all()

    async def on_duty(self) -> Sequence[int]:
        """People on duty who are still moderators."""
        found = await self._connection.scalars(
            select(desks.c.person_id)
            .join(roles, roles.c.person_id == desks.c.person_id)
            .where(roles.c.role == Role.MODERATOR, desks.c.is_on_duty)
            .order_by(desks.c.person_id)
        )
        return found.all()

    async def shows_in(self, chat_id: int, message_id: int) -> bool:
        """Whether this message of a private chat is a desk now."""
        found = (
            select(desks.c.person_id)
            .join(people, people.c.id == desks.c.person_id)
            .where(people.c.telegram_id == chat_id, desks.c.message_id == message_id)
        )
        return await self._connection.scalar(found) is not None

    async def count_on_duty(self) -> int:
        asked = select(func.count()).select_from(desks).where(desks.c.is_on_duty)
        return await self._connection.scalar(asked) or 0

    async def showing(self, card_id: int) -> Sequence[int]:
        """People on whose desks this card lies."""
        found = await self._connection.scalars(
            select(desks.c.person_id).where(desks.c.card_id == card_id).order_by(desks.c.person_id)
        )
        return found.all()

    async def stand_alone(self, post_ids: Collection[int]) -> Sequence[int]:
        """Cards that lie beside one of these posts lie there by themselves; on whose desks."""
        theirs = select(cards.c.id).where(cards.c.post_id.in_(post_ids))
        found = await self._connection.scalars(
            update(desks)
            .where(desks.c.like_card_id.in_(theirs))
            .values(
                like_card_id=None,
                view=case((desks.c.view == View.LIKE, View.CARD), else_=desks.c.view),
            )
            .returning(desks.c.person_id)
        )
        return sorted(found)


def _desk(row: AnyRow) -> Desk:
    return Desk(
        row.person_id,
        row.is_on_duty,
        row.message_id,
        row.card_id,
        row.revision_id,
        View(row.view),
        row.page,
        row.pages_seen,
        Notice.from_json(row.notice) if row.notice else None,
        row.drawn_at,
        row.dealt_at,
        row.like_card_id,
        row.teaches,
        row.counted_from,
        row.rests_until,
    )
