"""Asks Telegram who carries a public name."""

from telegram import ChatMember
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.chat.telegram_bot import TelegramBot, wait_of
from bot.domain.channel import ChannelRef
from bot.domain.errors import TryLater
from bot.ports import Found

_INSIDE = (ChatMember.ADMINISTRATOR, ChatMember.OWNER)


class TelegramDirectory:
    def __init__(self, bot: TelegramBot) -> None:
        self._bot = bot

    async def look_up(self, username: str) -> Found | None:
        try:
            chat = await self._bot.get_chat(f"@{username}")
        except (BadRequest, Forbidden):
            return None
        except TelegramError as error:
            said = f"getChat did not answer ({type(error).__name__})"
            raise TryLater(said, wait_of(error)) from error
        ref = ChannelRef(chat.id, chat.username or username, chat.title or "")
        is_channel = chat.type == ChatType.CHANNEL
        return Found(ref, is_channel, is_channel and await self._is_inside(chat.id))

    async def _is_inside(self, chat_id: int) -> bool:
        try:
            member = await self._bot.get_chat_member(chat_id, self._bot.id)
        except TelegramError:
            return False  # what Telegram says to a bot that is not in the channel
        return member.status in _INSIDE
