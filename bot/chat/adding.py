"""`/addchannel`: names in the command, in messages, or in a file; then a form with buttons."""

from collections.abc import Sequence
from typing import Final

from telegram import Document, Message

from bot.chat.fetching import fetch
from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.chat.telegram_bot import TelegramBot
from bot.domain.adding import (
    MOST_LINES,
    AdditionState,
    Verb,
    unpack_addition,
)
from bot.domain.errors import NameListError
from bot.domain.name_list import names_in_command, names_in_file, names_pasted
from bot.domain.people import Person, Role
from bot.ports import Letter
from bot.render.adding import form_letter
from bot.services.add_names import AddNames
from bot.services.adding import Adding, Step, Took
from bot.texts import say

_MOST_BYTES: Final = 2 * 1024 * 1024  # of a list; 10,000 links with notes need less
_LISTS: Final = (".csv", ".txt", ".tsv")
_COMMAND: Final = "/addchannel"


class AddChannels:
    """add_names: told when there is something to look up."""

    def __init__(self, bot: TelegramBot, adding: Adding, add_names: AddNames) -> None:
        self._bot = bot
        self._adding = adding
        self._add_names = add_names
        self.commands = {"addchannel": Command(Role.ADMIN, self._begin)}
        self.routes = {"add": Route(Role.ADMIN, self._pressed)}

    async def _begin(self, said: Said) -> list[Reply]:
        names = names_in_command(said.words)
        step = await self._adding.begin(said.person, said.chat_id, names)
        return _shown(step, said.person, said.chat_id)

    async def hear(self, person: Person, message: Message) -> list[Reply] | None:
        """Names, a reason, or a list as a file; None for what is not meant for an addition."""
        if not person.holds(Role.ADMIN):
            return None
        if message.document is not None:
            return await self._hear_file(person, message, message.document)
        if not message.text:
            return None
        step = await self._adding.say(person, names_pasted(message.text), message.text)
        return None if step is None else _shown(step, person, message.chat_id)

    async def _hear_file(
        self, admin: Person, message: Message, document: Document
    ) -> list[Reply] | None:
        """A list that is sent as such by its caption, or while names are being collected."""
        is_meant = (message.caption or "").strip().lower().startswith(_COMMAND)
        is_list = (document.file_name or "").lower().endswith(_LISTS)
        if not is_meant and not (is_list and await self._adding.is_collecting(admin)):
            return None
        content: bytearray | str = "too-large"
        if (document.file_size or 0) <= _MOST_BYTES:
            content = await fetch(self._bot, document.file_id, _MOST_BYTES)
        if isinstance(content, str):
            key = f"add-file-{content}"
            return reply(message.chat_id, say(admin.language, key, most=_MOST_BYTES // 1024**2))
        try:
            names = names_in_file(bytes(content))
        except NameListError as problem:
            key = f"add-file-{problem.why.replace('_', '-')}"
            return reply(message.chat_id, say(admin.language, key, most=MOST_LINES))
        return await self._take_file(admin, message.chat_id, names)

    async def _take_file(self, admin: Person, chat_id: int, names: Sequence[str]) -> list[Reply]:
        step = await self._adding.begin(admin, chat_id, names)
        return _shown(step, admin, chat_id)

    async def _pressed(self, pressed: Pressed) -> Answer:
        press = unpack_addition(pressed.data)
        if press is None or not pressed.is_private:
            return Answer(say(pressed.language, "press-unknown"))
        if press.verb in (Verb.AGREE, Verb.REFUSE):
            step = await self._adding.decide(pressed.person, press)
        else:
            step = await self._adding.press(pressed.person, press, pressed.message_id)
        if step.addition is not None and step.addition.state is AdditionState.WORKING:
            self._add_names.called.set()
        if step.took is Took.DECIDED and step.addition is not None:
            agreed = press.verb is Verb.AGREE
            key = "add-you-agreed" if agreed else "add-you-refused"
            words = say(pressed.language, key, lines=step.addition.lines)
            return Answer(replies=(_in_place(pressed, Letter(words)),))
        if step.took is not Took.OK or step.addition is None:
            return Answer(say(pressed.language, f"add-{step.took}"))
        return Answer(replies=(_in_place(pressed, form_letter(step.addition, pressed.language)),))


def _shown(step: Step, person: Person, chat_id: int) -> list[Reply]:
    """The form anew, below what was just said."""
    if step.took is Took.TOO_MANY:
        return reply(chat_id, say(person.language, "add-file-too-many", most=MOST_LINES))
    assert step.addition is not None  # there is one after every word that was taken
    return [Reply(chat_id, form_letter(step.addition, person.language, step.taken))]


def _in_place(pressed: Pressed, letter: Letter) -> Reply:
    return Reply(pressed.chat_id, letter, edits=pressed.message_id)
