"""Profiles of those who get digests."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update

from bot.domain.codes import HarmCode
from bot.domain.people import Person, Role
from bot.domain.recipient import SERVED, Recipient, RecipientState, Requirement
from bot.storage.store import AnyRow, Store
from bot.storage.tables import recipient_codes, recipients, roles

_HOLDS_ROLE = exists().where(
    roles.c.person_id == recipients.c.person_id, roles.c.role == Role.RECIPIENT
)
_IS_GROUP = recipients.c.person_id.is_(None)
_IS_HERE = or_(_HOLDS_ROLE, and_(_IS_GROUP, recipients.c.state != RecipientState.CLOSED))


class RecipientStore(Store):
    async def add(self, recipient: Recipient) -> bool:
        """Keeps a profile; its id is given by the database. Twice changes nothing: then False."""
        added = await self._connection.execute(
            self._insert_new(recipients)
            .values(
                person_id=recipient.person_id,
                chat_id=recipient.chat_id,
                name=recipient.name,
                language=recipient.language,
                timezone=recipient.timezone,
                digest_at=recipient.digest_at,
                next_digest_at=recipient.next_digest_at,
                state=recipient.state,
                group_title=recipient.group_title,
            )
            .returning(recipients.c.id)
        )
        recipient_id = added.scalar_one_or_none()
        if recipient_id is not None:
            await self.take(recipient_id, recipient.codes, recipient.at_once)
        return recipient_id is not None

    async def served(self) -> Sequence[Recipient]:
        """Profiles that referrals are owed to, test ones included, by id."""
        return await self._found(_IS_HERE, recipients.c.state.in_(SERVED))

    async def all(self) -> Sequence[Recipient]:
        """Every profile whose person still holds the role, and every group's, by id."""
        return await self._found(_IS_HERE)

    async def get(self, recipient_id: int) -> Recipient:
        """The profile, also of somebody who has left since."""
        (found,) = await self._found(recipients.c.id == recipient_id)
        return found

    async def of_person(self, person_id: int) -> Recipient | None:
        found = await self._found(recipients.c.person_id == person_id)
        return found[0] if found else None

    async def of_group(self, chat_id: int) -> Recipient | None:
        """A group's profile, by its id or by the one that it had before; closed ones too."""
        is_it = or_(recipients.c.chat_id == chat_id, recipients.c.former_chat_id == chat_id)
        found = await self._found(_IS_GROUP, is_it)
        return found[-1] if found else None

    async def has_groups(self) -> bool:
        asked = select(recipients.c.id).where(
            _IS_GROUP, recipients.c.state != RecipientState.CLOSED
        )
        return (await self._connection.execute(asked.limit(1))).first() is not None

    async def own(self, person: Person) -> Recipient | None:
        """The profile that a person speaks for: in a group the group's, else their own."""
        if person.group is not None:
            return await self.of_group(person.group)
        return await self.of_person(person.id)

    async def answered_by(self, person: Person) -> Sequence[Recipient]:
        """The profiles that a person answers for: their own, and as somebody's second contact; in
        a group the group's alone.
        """
        if person.group is not None:
            found = await self.of_group(person.group)
            return [found] if found else []
        return await self._found(
            or_(recipients.c.person_id == person.id, recipients.c.second_person_id == person.id)
        )

    async def _found(self, *conditions: ColumnElement[bool]) -> Sequence[Recipient]:
        asked = select(recipients).where(*conditions).order_by(recipients.c.id)
        rows = (await self._connection.execute(asked)).all()
        taken = await self._connection.execute(
            select(recipient_codes).where(
                recipient_codes.c.recipient_id.in_([row.id for row in rows])
            )
        )
        codes = taken.all()
        return [
            _recipient(row, [one for one in codes if one.recipient_id == row.id]) for row in rows
        ]

    async def change(self, recipient_id: int, **changed: Any) -> None:
        """Sets columns of a profile. `required` as a list of words."""
        await self._connection.execute(
            update(recipients).where(recipients.c.id == recipient_id).values(changed)
        )

    async def take(
        self, recipient_id: int, codes: Collection[HarmCode], at_once: Collection[HarmCode]
    ) -> None:
        """Sets the codes that a profile takes, and which of them do not wait."""
        await self._connection.execute(
            delete(recipient_codes).where(recipient_codes.c.recipient_id == recipient_id)
        )
        if codes:
            await self._connection.execute(
                insert(recipient_codes),
                [
                    {"recipient_id": recipient_id, "harm": code, "is_at_once": code in at_once}
                    for code in sorted(codes)
                ],
            )

    async def moved(self, old_chat_id: int, new_chat_id: int) -> None:
        await self._connection.execute(
            update(recipients)
            .where(recipients.c.chat_id == old_chat_id)
            .values(chat_id=new_chat_id, former_chat_id=old_chat_id, away_since=None)
        )


def _recipient(row: AnyRow, taken: Sequence[AnyRow]) -> Recipient:
    return Recipient(
        id=row.id,
        person_id=row.person_id,
        chat_id=row.chat_id,
        name=row.name,
        language=row.language,
        timezone=row.timezone,
        digest_at=row.digest_at,
        next_digest_at=row.next_digest_at,
        state=RecipientState(row.state),
        codes=frozenset(HarmCode(one.harm) for one in taken),
        at_once=frozenset(HarmCode(one.harm) for one in taken if one.is_at_once),
        required=frozenset(Requirement(one) for one in row.required),
        second_person_id=row.second_person_id,
        most_items=row.most_items,
        tells_empty=row.tells_empty,
        group_title=row.group_title,
        away_since=row.away_since,
        forwards=row.forwards,
    )
