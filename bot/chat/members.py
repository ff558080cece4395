"""The bot was added to a chat, lost rights there, was thrown out, or was blocked by a person."""

import logging

from telegram import ChatMember, ChatMemberUpdated
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.chat.posts import channel_ref
from bot.chat.telegram_bot import TelegramBot
from bot.domain.people import Role
from bot.services.admit import Admit, Entrance
from bot.services.board import NoticeBoard
from bot.services.deal import Deal
from bot.services.join import Join
from bot.services.watch import Watch
from bot.texts import closest_language

_log = logging.getLogger(__name__)
_INSIDE = (ChatMember.ADMINISTRATOR, ChatMember.OWNER)
_OUTSIDE = (ChatMember.LEFT, ChatMember.BANNED)


class Members:
    def __init__(
        self,
        bot: TelegramBot,
        join: Join,
        watch: Watch,
        board: NoticeBoard,
        admit: Admit,
        deal: Deal,
    ) -> None:
        self._bot = bot
        self._join = join
        self._watch = watch
        self._board = board
        self._admit = admit
        self._deal = deal

    async def changed(self, update: ChatMemberUpdated) -> None:
        """Public channels are watched if asked for, a group that an admin chose becomes the notice
        board, and one with a link a recipient. The bot leaves everything else: no private channel
        and no group is read.
        """
        chat = update.chat
        if chat.type == ChatType.PRIVATE:
            if update.new_chat_member.status in _OUTSIDE:  # blocked; the other way asks for nothing
                await self._deal.blocked(chat.id)
        elif chat.type == ChatType.CHANNEL:
            await self._in_channel(update)
        else:
            await self._in_group(update)

    async def _in_channel(self, update: ChatMemberUpdated) -> None:
        """Posts of a channel reach a bot as an administrator alone, whatever its rights are."""
        ref, status = channel_ref(update.chat), update.new_chat_member.status
        if status not in _INSIDE:
            await self._watch.bot_left(ref, is_still_member=status not in _OUTSIDE)
        elif update.chat.username:
            was_inside = update.old_chat_member.status in _INSIDE
            await self._watch.bot_entered(ref, was_inside=was_inside)
        else:
            language = closest_language(update.from_user.language_code)
            await self._watch.bot_in_private(ref, language)

    async def _in_group(self, update: ChatMemberUpdated) -> None:
        chat, user = update.chat, update.from_user
        if update.new_chat_member.status in _OUTSIDE:
            await self._board.lost(chat.id)
            await self._admit.lost(chat.id)
            return
        ref, language = channel_ref(chat), closest_language(user.language_code)
        if chat.username:  # anybody could read how much waits, or what is referred
            await self.turned_public(chat.id)
            await self._admit.refuse(ref, "group-public", language)
            return
        person = await self._join.person(user.id, language)
        admin = person if person and person.holds(Role.ADMIN) else None
        if await self._admit.entered(ref, admin, language) is not Entrance.UNKNOWN:
            return
        if admin is None:
            await self._admit.refuse(ref, "group-stranger", language)
        else:
            await self._board.hang(admin, chat.id, ref.title)

    async def turned_public(self, chat_id: int) -> None:
        """A recipient's group that anybody can read now is left before anything is sent to it."""
        if await self._admit.turned_public(chat_id):
            await self._leave(chat_id)

    async def upgraded(self, old_chat_id: int, new_chat_id: int) -> None:
        """A group became a supergroup."""
        await self._board.moved(old_chat_id, new_chat_id)

    async def _leave(self, chat_id: int) -> None:
        try:
            await self._bot.leave_chat(chat_id)
        except TelegramError as error:
            _log.warning("a chat could not be left: %s", error.message)
