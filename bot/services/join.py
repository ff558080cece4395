"""How people come in: admins by the settings, everybody else by a one-time link."""

import secrets
from collections.abc import Sequence

from bot.domain.people import INVITE_LIFETIME, Person, Role
from bot.domain.recipient import Recipient
from bot.ports import Clock
from bot.services.enrol import wait_for_an_admin
from bot.services.timetable import next_time
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

_TOKEN_BYTES = 24  # 32 characters; a start link takes 64


class Join:
    """admins: Telegram ids from the settings. digest_at: a crontab line, read in `timezone`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        admins: Sequence[int],
        timezone: str,
        digest_at: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._admins = frozenset(admins)
        self._timezone = timezone
        self._digest_at = digest_at

    async def person(self, telegram_id: int, language: str, name: str = "Admin") -> Person | None:
        """Who this is, with the roles held now; None for a stranger.

        Somebody named in the settings becomes an admin with their first word to the bot.
        """
        async with self._database.look() as work:
            person = await work.people.by_telegram_id(telegram_id)
        is_new_admin = telegram_id in self._admins and not (person and person.holds(Role.ADMIN))
        if not is_new_admin and (person is None or person.language == language):
            return person if person and person.roles else None
        async with self._database.work() as work:
            if is_new_admin:
                person = await self._join(work, telegram_id, name, language, Role.ADMIN)
            assert person is not None  # known, or made just now
            await work.people.speaks(person.id, language)
            person = await work.people.by_telegram_id(telegram_id)
            await work.commit()
        return person if person and person.roles else None

    async def invite(self, admin: Person, role: Role, *, is_for_group: bool = False) -> str:
        """A token that lets one person in with a role, for three days; or one recipients' group."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._clock.now()
        async with self._database.work() as work:
            invite_id = await work.people.invite(
                token, role, admin.id, now + INVITE_LIFETIME, is_for_group=is_for_group
            )
            await work.audit.write("invited", f"invite {invite_id}", now, admin.id, {"role": role})
            await work.commit()
        return token

    async def accept(
        self, token: str, telegram_id: int, name: str, language: str
    ) -> tuple[Person, Role] | None:
        """The person and the role that the token gave; None for a used, old or unknown one, and for
        one that is a group's.

        Pressing the link again, or a repeat after a crash, greets the same person once more.
        """
        async with self._database.work() as work:
            invite = await work.people.open_invite(token, self._clock.now())
            if invite is None:
                role = await work.people.was_used_by(token, telegram_id)
                known = await work.people.by_telegram_id(telegram_id)
                return (known, role) if known and role in known.roles and role else None
            if invite.is_for_group:
                return None
            person = await self._join(work, telegram_id, name, language, invite.role)
            await work.people.invite_used(invite.id, person.id, self._clock.now())
            await work.commit()
        return person, invite.role

    async def is_for_group(self, token: str) -> bool:
        """Whether it is an open token of a group's link."""
        async with self._database.look() as work:
            invite = await work.people.open_invite(token, self._clock.now())
        return invite is not None and invite.is_for_group

    async def _join(
        self, work: UnitOfWork, telegram_id: int, name: str, language: str, role: Role
    ) -> Person:
        now = self._clock.now()
        person = await work.people.join(telegram_id, name, language, role, now)
        if role is Role.MODERATOR:
            await work.desks.set_up(person.id)
        if role is Role.RECIPIENT:
            await self._wait_for_an_admin(work, person, telegram_id)
        await work.audit.write("joined", f"person {person.id}", now, person.id, {"role": role})
        return person

    async def _wait_for_an_admin(self, work: UnitOfWork, person: Person, chat_id: int) -> None:
        """A profile with the defaults of the settings; one that is there already stays."""
        now = self._clock.now()
        fresh = Recipient(
            id=0,
            person_id=person.id,
            chat_id=chat_id,
            name=person.name,
            language=person.language,
            timezone=self._timezone,
            digest_at=self._digest_at,
            next_digest_at=next_time(self._digest_at, self._timezone, now),
        )
        await wait_for_an_admin(work, self._clock, fresh)
