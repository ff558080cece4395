"""How people go: a role is taken from them, and their buttons stop at once."""

from collections.abc import Sequence
from enum import StrEnum

from bot.domain.people import Person, Role
from bot.ports import Clock
from bot.services.deal import Deal
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork


class Parted(StrEnum):
    """What became of a removal."""

    REMOVED = "removed"
    NOT_HELD = "not_held"
    IN_SETTINGS = "in_settings"
    LAST_ADMIN = "last_admin"


class Part:
    """admins: Telegram ids from the settings; these can only be removed there."""

    def __init__(self, database: Database, clock: Clock, deal: Deal, admins: Sequence[int]) -> None:
        self._database = database
        self._clock = clock
        self._deal = deal
        self._admins = frozenset(admins)

    async def everybody(self) -> list[Person]:
        """Everybody who holds a role, by the order in which they joined."""
        async with self._database.look() as work:
            held = [person for role in Role for person in await work.people.holding(role)]
        return sorted({person.id: person for person in held}.values(), key=lambda one: one.id)

    async def named(self, person_id: int) -> Person | None:
        async with self._database.look() as work:
            return await work.people.by_id(person_id)

    async def remove(self, admin: Person, person_id: int, role: Role) -> Parted:
        """Takes a role. A moderator's card goes to others, and their desk shows no text."""
        async with self._database.work() as work:
            await work.audit.hold()
            person = await work.people.by_id(person_id)
            if person is None or not person.holds(role):
                return Parted.NOT_HELD
            refusal = await self._refusal(work, person, role)
            if refusal is not None:
                return refusal
            await work.people.leave(person.id, role)
            if role is Role.MODERATOR:
                await self._deal.close(work, person)
            await work.audit.write(
                "removed", f"person {person.id}", self._clock.now(), admin.id, {"role": role}
            )
            await work.commit()
        return Parted.REMOVED

    async def _refusal(self, work: UnitOfWork, person: Person, role: Role) -> Parted | None:
        if role is not Role.ADMIN:
            return None
        if person.telegram_id in self._admins:
            return Parted.IN_SETTINGS
        return Parted.LAST_ADMIN if len(await work.people.holding(Role.ADMIN)) == 1 else None
