"""Commands in private chats: who may say what, and what is answered."""

from collections.abc import Sequence

from telegram import Message, MessageEntity, User

from bot.chat.menus import Menus
from bot.chat.reply import Reply, reply
from bot.chat.routes import Group, Listener, Said
from bot.domain.people import Person, Role
from bot.services.join import Join
from bot.texts import Html, closest_language, say

_LONGEST_NAME = 64
_DESK = "desk"


class Commands:
    """groups: whose commands there are. listeners: asked in their order about what is no command.

    contact: where decisions can be contested. bot_name: by which a command may name the bot.
    """

    def __init__(
        self,
        join: Join,
        groups: Sequence[Group],
        listeners: Sequence[Listener],
        menus: Menus,
        contact: str,
        bot_name: str,
    ) -> None:
        self._join = join
        self._listeners = listeners
        self._menus = menus
        self._contact = contact
        self._bot_name = bot_name
        self._by_name = {
            name: command for group in groups for name, command in group.commands.items()
        }

    async def answer(self, message: Message) -> list[Reply]:
        """The replies to a private message."""
        user = message.from_user
        if user is None or user.is_bot:
            return []
        language = closest_language(user.language_code)
        name, rest = command_of(message, self._bot_name)
        words = rest.replace(",", " ").split()
        if name == "start" and words == [_DESK]:  # the link on the notice board
            name, words, rest = _DESK, [], ""
        if name == "start" and words:
            return await self._start_with(words[0], user, message.chat_id, language)
        person = await self._join.person(user.id, language, user.first_name[:_LONGEST_NAME])
        if person is None:
            return reply(message.chat_id, say(language, "stranger", contact=self._contact))
        if name is None and (replies := await self._heard(person, message)) is not None:
            return replies
        command = self._by_name.get(name or "")
        if command is None:
            await self._menus.show(person, message.chat_id)
            return reply(message.chat_id, self._greeting(person))
        if not person.holds(command.role):
            return reply(message.chat_id, say(language, f"only-{command.role}"))
        return await command.answer(Said(person, message.chat_id, words, rest))

    async def _heard(self, person: Person, message: Message) -> list[Reply] | None:
        for listener in self._listeners:
            if (replies := await listener.hear(person, message)) is not None:
                return replies
        return None

    async def _start_with(self, token: str, user: User, chat_id: int, language: str) -> list[Reply]:
        accepted = await self._join.accept(
            token, user.id, user.first_name[:_LONGEST_NAME], language
        )
        if accepted is None and await self._join.is_for_group(token):
            return reply(chat_id, say(language, "invite-for-group"))
        if accepted is None:
            person = await self._join.person(user.id, language, user.first_name[:_LONGEST_NAME])
            if person is not None:
                return reply(chat_id, self._greeting(person))
            return reply(chat_id, say(language, "invite-bad", contact=self._contact))
        person, role = accepted
        await self._menus.show(person, chat_id)
        return reply(chat_id, say(language, f"welcome-{role}"), self._greeting(person))

    def _greeting(self, person: Person) -> Html:
        """What the person can do here, role by role."""
        known = [role for role in Role if person.holds(role)]
        return Html("\n\n").join(say(person.language, f"can-{role}") for role in known)


def command_of(message: Message, bot_name: str) -> tuple[str | None, str]:
    """The command's name, without its slash and the bot's name, and what follows it.

    None for what is no command, or another bot's.
    """
    first = message.entities[0] if message.entities else None
    text = message.text or ""
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return None, ""
    name, _, addressed = text[1 : first.length].lower().partition("@")
    return (name, text[first.length :]) if addressed in ("", bot_name.lower()) else (None, "")
