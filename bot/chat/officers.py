"""What is said in a recipient's group: its link, `/open`, `/report`, answers in reply to the bot.

Everything else that is written there is none of the bot's business and is passed over, whatever
Telegram hands over: with privacy mode on it hands over no more than that.
"""

from collections.abc import Sequence

from telegram import Message, User

from bot.chat.commands import command_of
from bot.chat.menus import Menus
from bot.chat.posts import channel_ref
from bot.chat.reply import Reply, reply
from bot.chat.routes import Group, Listener, Said
from bot.chat.telegram_bot import TelegramBot
from bot.domain.people import Person, Role
from bot.services.admit import Admit, Spoken
from bot.texts import closest_language, say

_REFUSED = {Spoken.BAD: "group-link-bad", Spoken.FOR_A_PERSON: "group-link-person"}


class Officers:
    """groups: whose commands for recipients there are. listener: takes answers."""

    def __init__(
        self,
        bot: TelegramBot,
        admit: Admit,
        groups: Sequence[Group],
        listener: Listener,
        menus: Menus,
    ) -> None:
        self._bot = bot
        self._admit = admit
        self._listener = listener
        self._menus = menus
        self._commands = {
            name: command
            for group in groups
            for name, command in group.commands.items()
            if command.role is Role.RECIPIENT
        }

    async def answer(self, message: Message) -> list[Reply]:
        """The replies to a message in a group; none to what is not meant for the bot."""
        user, name, rest = message.from_user, *command_of(message, self._bot.username)
        if user is None or message.chat.username or not (name or self._is_reply(message)):
            return []
        language = closest_language(user.language_code)
        if message.sender_chat is not None or user.is_bot:
            return await self._anonymous(message, language)
        if name == "start" and rest.split():
            return await self._spoken(rest.split()[0], message, user, language)
        person = await self._admit.officer(user.id, language, message.chat_id)
        if person is None:
            return []
        if name is None:
            return await self._listener.hear(person, message) or []
        if name == "start":
            return self._greeting(person, message.chat_id)
        command = self._commands.get(name)
        if command is None:
            return []
        return await command.answer(Said(person, message.chat_id, rest.split(), rest))

    def _is_reply(self, message: Message) -> bool:
        """Whether it answers a message of the bot's own."""
        replied = message.reply_to_message
        author = replied.from_user if replied is not None else None
        return author is not None and author.id == self._bot.id

    async def _anonymous(self, message: Message, language: str) -> list[Reply]:
        """Who writes in the group's or a channel's name cannot be told apart from anybody else."""
        is_ours = await self._admit.is_recipient(message.chat_id)
        return reply(message.chat_id, say(language, "group-anonymous")) if is_ours else []

    async def _spoken(self, token: str, message: Message, user: User, language: str) -> list[Reply]:
        chat = channel_ref(message.chat)
        became, group = await self._admit.spoken(token, chat, user.id, language)
        if became in _REFUSED:
            await self._admit.refuse(chat, _REFUSED[became], language)
            return []
        person = await self._admit.officer(user.id, language, message.chat_id)
        if group is None or person is None:
            return reply(message.chat_id, say(language, "group-is-board"))
        await self._menus.show(person, message.chat_id)
        return self._greeting(person, message.chat_id)

    def _greeting(self, person: Person, chat_id: int) -> list[Reply]:
        return reply(chat_id, say(person.language, "group-welcome"))
