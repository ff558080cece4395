"""The bot was added to a chat, lost rights there, or was thrown out."""

import logging

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberUpdated
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.chat.posts import channel_ref
from bot.chat.telegram_bot import TelegramBot
from bot.services.watch import Watch

_log = logging.getLogger(__name__)


class Members:
    def __init__(self, bot: TelegramBot, watch: Watch) -> None:
        self._bot = bot
        self._watch = watch

    async def changed(self, update: ChatMemberUpdated) -> None:
        """Public channels are watched if asked for. The bot leaves everything else: no private
        channel and no group is read.
        """
        chat, inside = update.chat, _is_inside(update.new_chat_member)
        if chat.type == ChatType.PRIVATE:
            return  # a person blocked or unblocked the bot: the outbox finds out
        if not inside:
            await self._watch.bot_left(channel_ref(chat))
        elif chat.type == ChatType.CHANNEL and chat.username:
            await self._watch.bot_entered(channel_ref(chat))
        else:
            await self._watch.refused(channel_ref(chat))
            await self._leave(chat.id)

    async def _leave(self, chat_id: int) -> None:
        try:
            await self._bot.leave_chat(chat_id)
        except TelegramError as error:
            _log.warning("a chat that is no public channel could not be left: %s", error.message)


def _is_inside(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberAdministrator):
        return True
    return member.status in (ChatMember.MEMBER, ChatMember.OWNER)
