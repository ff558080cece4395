"""People, their roles, and the invites they joined by."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update

from bot.domain.people import Invite, Person, Role
from bot.storage.store import AnyRow, Store
from bot.storage.tables import invites, people, roles


class PeopleStore(Store):
    async def by_telegram_id(self, telegram_id: int) -> Person | None:
        return await self._one(people.c.telegram_id == telegram_id)

    async def by_id(self, person_id: int) -> Person | None:
        return await self._one(people.c.id == person_id)

    async def holding(self, role: Role) -> list[Person]:
        """Everybody who holds a role now, by the order in which they joined."""
        held = await self._connection.execute(
            select(people)
            .where(exists().where(roles.c.person_id == people.c.id, roles.c.role == role))
            .order_by(people.c.id)
        )
        return [await self._person(row) for row in held.all()]

    async def join(
        self, telegram_id: int, name: str, language: str, role: Role, now: datetime
    ) -> Person:
        """The person with this role added; made, if unknown so far."""
        person = await self.known(telegram_id, language, now)
        await self._connection.execute(
            update(people).where(people.c.id == person.id, people.c.name == "").values(name=name)
        )
        await self._connection.execute(
            self._insert_new(roles).values(person_id=person.id, role=role, granted_at=now)
        )
        return await self.by_id(person.id) or person

    async def known(self, telegram_id: int, language: str, now: datetime) -> Person:
        """Somebody by their id; made without a name or a role, if unknown so far."""
        await self._connection.execute(
            self._insert_new(people).values(
                telegram_id=telegram_id, name="", language=language, joined_at=now
            )
        )
        person = await self.by_telegram_id(telegram_id)
        assert person is not None  # inserted above
        return person

    async def leave(self, person_id: int, role: Role) -> None:
        await self._connection.execute(
            delete(roles).where(roles.c.person_id == person_id, roles.c.role == role)
        )

    async def speaks(self, person_id: int, language: str) -> None:
        await self._connection.execute(
            update(people).where(people.c.id == person_id).values(language=language)
        )

    async def invite(
        self,
        token: str,
        role: Role,
        made_by: int,
        expires_at: datetime,
        *,
        is_for_group: bool = False,
    ) -> int:
        kept = await self._connection.execute(
            insert(invites)
            .values(
                token_hash=_hash(token),
                role=role,
                made_by=made_by,
                expires_at=expires_at,
                is_for_group=is_for_group,
            )
            .returning(invites.c.id)
        )
        return int(kept.scalar_one())

    async def open_invite(self, token: str, now: datetime) -> Invite | None:
        """The invite that this token opens; None if there is none, used, or too old."""
        row = (
            await self._connection.execute(
                select(invites)
                .where(
                    invites.c.token_hash == _hash(token),
                    invites.c.used_by.is_(None),
                    invites.c.expires_at > now,
                )
                .with_for_update()
            )
        ).one_or_none()
        return Invite(row.id, Role(row.role), row.expires_at, row.is_for_group) if row else None

    async def expects_a_group(self, now: datetime) -> bool:
        """Whether a link for a group is still open."""
        found = select(invites.c.id).where(
            invites.c.is_for_group, invites.c.used_by.is_(None), invites.c.expires_at > now
        )
        return (await self._connection.execute(found.limit(1))).first() is not None

    async def was_used_by(self, token: str, telegram_id: int) -> Role | None:
        """The role that this very person came in with by this token; None for anybody else."""
        role = await self._connection.scalar(
            select(invites.c.role)
            .join(people, people.c.id == invites.c.used_by)
            .where(invites.c.token_hash == _hash(token), people.c.telegram_id == telegram_id)
        )
        return Role(role) if role else None

    async def invite_used(self, invite_id: int, by: int, now: datetime) -> None:
        await self._connection.execute(
            update(invites).where(invites.c.id == invite_id).values(used_by=by, used_at=now)
        )

    async def _one(self, condition: Any) -> Person | None:
        row = (await self._connection.execute(select(people).where(condition))).one_or_none()
        return await self._person(row) if row else None

    async def _person(self, row: AnyRow) -> Person:
        held = await self._connection.scalars(
            select(roles.c.role).where(roles.c.person_id == row.id)
        )
        return Person(
            row.id, row.telegram_id, row.name, row.language, frozenset(Role(r) for r in held)
        )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
