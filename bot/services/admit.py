"""Lets a recipient's group in by a one-time link, and follows the bot in and out of such groups.

The link puts the bot into the group first and speaks a moment later. So a group that comes while
one is expected waits on the doorstep; one that nobody spoke for in time is left.
"""

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from bot.domain.channel import ChannelRef
from bot.domain.people import Person, Role
from bot.domain.recipient import Recipient, RecipientState
from bot.ports import Clock, Letter
from bot.services.board import NoticeBoard
from bot.services.enrol import wait_for_an_admin
from bot.services.tell import tell_admins
from bot.services.timetable import next_time
from bot.storage.database import Database
from bot.storage.doorsteps import Doorstep
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import say

_LONGEST_NAME = 64
_PATIENCE = timedelta(seconds=30)  # an app speaks within a second; a slow network takes a few


class Entrance(StrEnum):
    """What a group is that the bot was put into. Unknown: nobody expects one."""

    KNOWN = "known"
    WAITS = "waits"
    UNKNOWN = "unknown"


class Spoken(StrEnum):
    """What became of a link in a group."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    BOARD = "board"
    BAD = "bad"
    FOR_A_PERSON = "for_a_person"


class Admit:
    """timezone, digest_at: what a new profile begins with, as a person's does."""

    def __init__(
        self, database: Database, clock: Clock, board: NoticeBoard, timezone: str, digest_at: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._board = board
        self._timezone = timezone
        self._digest_at = digest_at

    # --- in and out -------------------------------------------------------------------------

    async def entered(self, chat: ChannelRef, admin: Person | None, language: str) -> Entrance:
        """The bot is in a group without a public name. admin: who put it there, where one did."""
        assert chat.chat_id is not None  # Telegram's own word
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            board = await work.board.get()
            group = await _open_group(work, chat.chat_id)
            if group is not None or (board is not None and board.chat_id == chat.chat_id):
                if group is not None and group.away_since is not None:
                    await self._back(work, group)
                    await work.commit()
                return Entrance.KNOWN
            # One of ours that has just become a supergroup comes under its new id first.
            is_expected = await work.people.expects_a_group(now)
            if not is_expected and not await work.recipients.has_groups():
                return Entrance.UNKNOWN
            admin_id = admin.id if admin else None
            waiting = Doorstep(chat.chat_id, chat.title, language, admin_id, now)
            await work.doorsteps.wait(waiting)
            await work.commit()
        return Entrance.WAITS

    async def _back(self, work: UnitOfWork, group: Recipient) -> None:
        await work.recipients.change(group.id, away_since=None)
        await work.audit.write("recipient back", f"recipient {group.id}", self._clock.now())
        await tell_admins(work, self._clock, "told-group-back", name=group.name)
        work.outbox.look_again()

    async def lost(self, chat_id: int) -> None:
        """The bot is not in a group any more: what is owed to it waits, and admins are told."""
        async with self._database.work() as work:
            await work.audit.hold()
            await work.doorsteps.leave(chat_id)
            group = await _open_group(work, chat_id)
            if group is not None and group.chat_id == chat_id:
                await shut_out(work, self._clock, group)
            await work.commit()

    async def turned_public(self, chat_id: int) -> bool:
        """A group has a public name now; whether it was a recipient's, and is to be left."""
        async with self._database.work() as work:
            await work.audit.hold()
            group = await _open_group(work, chat_id)
            if group is None:
                return False
            await shut_out(work, self._clock, group, "told-group-public")
            await work.commit()
        return True

    async def refuse(self, chat: ChannelRef, why: str, language: str) -> None:
        """Says why, has the bot leave, and tells admins. why: key of the sentence."""
        async with self._database.work() as work:
            await self._refuse(work, chat, why, language)
            await work.commit()

    async def _refuse(self, work: UnitOfWork, chat: ChannelRef, why: str, language: str) -> None:
        assert chat.chat_id is not None  # Telegram's own word
        await work.doorsteps.leave(chat.chat_id)
        await tell_admins(work, self._clock, "told-chat-refused", channel=chat.name)
        farewell = Letter(say(language, why), is_last=True)
        await work.outbox.owe_notice(chat.chat_id, farewell, self._clock.now())

    async def overdue(self) -> int:
        """Groups that nobody spoke for: an admin's becomes the notice board, others are left."""
        before = self._clock.now() - _PATIENCE
        async with self._database.look() as work:
            waiting = await work.doorsteps.since_before(before)
        for one in waiting:
            await self._decide(one)
        return len(waiting)

    async def _decide(self, one: Doorstep) -> None:
        async with self._database.look() as work:
            admin = await work.people.by_id(one.admin_id) if one.admin_id is not None else None
        if admin is not None and admin.holds(Role.ADMIN):
            await self._board.hang(admin, one.chat_id, one.title)
        async with self._database.work() as work:
            if admin is not None and admin.holds(Role.ADMIN):
                await work.doorsteps.leave(one.chat_id)
            else:
                ref = ChannelRef(one.chat_id, title=one.title)
                await self._refuse(work, ref, "group-stranger", one.language)
            await work.commit()

    # --- the link ---------------------------------------------------------------------------

    async def spoken(
        self, token: str, chat: ChannelRef, telegram_id: int, language: str
    ) -> tuple[Spoken, Recipient | None]:
        """A link's word in a group: its profile waits for an admin then, as a person's does."""
        assert chat.chat_id is not None  # Telegram's own word
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            known = await _open_group(work, chat.chat_id)
            if known is not None:
                return Spoken.KNOWN, known
            board = await work.board.get()
            if board is not None and board.chat_id == chat.chat_id:
                return Spoken.BOARD, None
            invite = await work.people.open_invite(token, now)
            if invite is None or not invite.is_for_group:
                return (Spoken.FOR_A_PERSON if invite else Spoken.BAD), None
            person = await work.people.known(telegram_id, language, now)
            await work.people.invite_used(invite.id, person.id, now)
            await work.doorsteps.leave(chat.chat_id)
            group = await wait_for_an_admin(work, self._clock, self._fresh(chat, language))
            await work.audit.write("group joined", f"recipient {group.id}", now, person.id)
            await work.commit()
        return Spoken.ACCEPTED, group

    def _fresh(self, chat: ChannelRef, language: str) -> Recipient:
        assert chat.chat_id is not None  # Telegram's own word
        return Recipient(
            id=0,
            person_id=None,
            chat_id=chat.chat_id,
            name=chat.title[:_LONGEST_NAME],
            language=language,
            timezone=self._timezone,
            digest_at=self._digest_at,
            next_digest_at=next_time(self._digest_at, self._timezone, self._clock.now()),
            group_title=chat.title[:_LONGEST_NAME],
        )

    # --- who speaks there -------------------------------------------------------------------

    async def is_recipient(self, chat_id: int) -> bool:
        async with self._database.look() as work:
            return await _open_group(work, chat_id) is not None

    async def officer(self, telegram_id: int, language: str, chat_id: int) -> Person | None:
        """A member of a recipient's group, who speaks for it and for nothing else; None elsewhere.

        Kept by id and without a name, from the first press on: answers name who gave them.
        """
        async with self._database.look() as work:
            group = await _open_group(work, chat_id)
            person = await work.people.by_telegram_id(telegram_id)
        if group is None:
            return None
        if person is None:
            async with self._database.work() as work:
                person = await work.people.known(telegram_id, language, self._clock.now())
                await work.commit()
        roles = frozenset({Role.RECIPIENT})
        return replace(person, roles=roles, language=group.language, group=chat_id)


async def shut_out(
    work: UnitOfWork, clock: Clock, group: Recipient, key: str = "told-group-lost"
) -> None:
    """What is owed to a group waits until the bot is back in it; admins are told once."""
    if group.away_since is not None:
        return
    await work.recipients.change(group.id, away_since=clock.now())
    await work.audit.write("recipient away", f"recipient {group.id}", clock.now())
    await tell_admins(work, clock, key, name=group.name)


async def _open_group(work: UnitOfWork, chat_id: int) -> Recipient | None:
    """A recipient's group, by its id or the one before; None for one that was taken off."""
    group = await work.recipients.of_group(chat_id)
    return group if group and group.state is not RecipientState.CLOSED else None
