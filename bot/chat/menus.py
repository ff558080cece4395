"""The menu of commands beside the text field: a stranger's, and each person's by their roles."""

import logging
from collections.abc import Sequence

from telegram import BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.chat.routes import Group
from bot.chat.telegram_bot import TelegramBot
from bot.domain.people import Person
from bot.texts import LANGUAGES, say

_log = logging.getLogger(__name__)


class Menus:
    """A menu that cannot be set is a convenience lost and nothing more.

    groups: whose commands there are, in the order of the menu.
    """

    def __init__(self, bot: TelegramBot, groups: Sequence[Group]) -> None:
        self._bot = bot
        self._commands = [one for group in groups for one in group.commands.items()]

    async def set_up(self) -> None:
        """What somebody sees who has no role, in every language and as the default."""
        for language in (None, *LANGUAGES):
            commands = [BotCommand("start", say(language or "en", "menu-start").unescape())]
            try:
                await self._bot.set_my_commands(commands, language_code=language)
            except TelegramError as error:
                _log.warning("the command menu could not be set: %s", error.message)
                return

    async def show(self, person: Person, chat_id: int) -> None:
        """The commands of all roles that a person holds."""
        names = [name for name, command in self._commands if person.holds(command.role)]
        commands = [
            BotCommand(name, say(person.language, f"menu-{name}").unescape())
            for name in ("start", *names)
        ]
        try:
            await self._bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id))
        except TelegramError as error:
            _log.warning("a person's command menu could not be set: %s", error.message)
