"""People, their roles, the invites they joined by, and recipients."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update

from bot.domain.people import Invite, Person, Recipient, Role
from bot.storage.store import AnyRow, Store
from bot.storage.tables import invites, people, recipients, roles


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
        await self._connection.execute(
            self._insert_new(people).values(
                telegram_id=telegram_id, name=name, language=language, joined_at=now
            )
        )
        person = await self.by_telegram_id(telegram_id)
        assert person is not None  # inserted above
        await self._connection.execute(
            self._insert_new(roles).values(person_id=person.id, role=role, granted_at=now)
        )
        return await self.by_id(person.id) or person

    async def leave(self, person_id: int, role: Role) -> None:
        await self._connection.execute(
            delete(roles).where(roles.c.person_id == person_id, roles.c.role == role)
        )

    async def speaks(self, person_id: int, language: str) -> None:
        await self._connection.execute(
            update(people).where(people.c.id == person_id).values(language=language)
        )

    async def invite(self, token: str, role: Role, made_by: int, expires_at: datetime) -> int:
        kept = await self._connection.execute(
            insert(invites)
            .values(token_hash=_hash(token), role=role, made_by=made_by, expires_at=expires_at)
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
        return Invite(row.id, Role(row.role), row.expires_at) if row else None

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

    # --- recipients -------------------------------------------------------------------------

    async def add_recipient(self, recipient: Recipient) -> None:
        """Keeps a recipient's profile; its id is given by the database. Twice changes nothing."""
        await self._connection.execute(
            self._insert_new(recipients).values(
                person_id=recipient.person_id,
                chat_id=recipient.chat_id,
                name=recipient.name,
                language=recipient.language,
                timezone=recipient.timezone,
                digest_at=recipient.digest_at,
                next_digest_at=recipient.next_digest_at,
            )
        )

    async def recipients(self) -> Sequence[Recipient]:
        """Recipients whose person still holds the role, by id."""
        found = await self._connection.execute(
            select(recipients)
            .join(roles, roles.c.person_id == recipients.c.person_id)
            .where(roles.c.role == Role.RECIPIENT)
            .order_by(recipients.c.id)
        )
        return [Recipient(**row._mapping) for row in found]

    async def recipient(self, recipient_id: int) -> Recipient:
        found = await self._connection.execute(
            select(recipients).where(recipients.c.id == recipient_id)
        )
        return Recipient(**found.one()._mapping)

    async def recipient_moved(self, old_chat_id: int, new_chat_id: int) -> None:
        await self._connection.execute(
            update(recipients)
            .where(recipients.c.chat_id == old_chat_id)
            .values(chat_id=new_chat_id)
        )

    async def next_digest(self, recipient_id: int, at: datetime) -> None:
        await self._connection.execute(
            update(recipients).where(recipients.c.id == recipient_id).values(next_digest_at=at)
        )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
