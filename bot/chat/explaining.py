"""The checklist's buttons, and sentences that are sent in reply to it."""

from telegram import Message

from bot.chat.buttons import buttons_of
from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route
from bot.domain.explaining import Field, unpack_why
from bot.domain.people import Person, Role
from bot.services.explain import Explain
from bot.texts import say


class Explaining:
    """A group for the buttons, and a listener for the sentences."""

    def __init__(self, explain: Explain) -> None:
        self._explain = explain
        self.commands: dict[str, Command] = {}
        self.routes = {"why": Route(Role.MODERATOR, self._pressed)}

    async def _pressed(self, pressed: Pressed) -> Answer:
        """The same message as it stands now; opened from a desk, a message of its own."""
        press = unpack_why(pressed.data)
        if press is None or not pressed.is_private:
            return Answer(say(pressed.language, "press-unknown"))
        letter = await self._explain.press(pressed.person, press)
        if letter is None:
            return Answer(say(pressed.language, "why-over"))
        edits = None if press.field is Field.OPEN else pressed.message_id
        return Answer(replies=(Reply(pressed.chat_id, letter, edits=edits),))

    async def hear(self, person: Person, message: Message) -> list[Reply] | None:
        """A moderator's reply to a checklist: their sentence, or "entity: ..."."""
        asked = message.reply_to_message
        card_id = _asked_of(asked) if asked and person.holds(Role.MODERATOR) else None
        if card_id is None or asked is None or not message.text:
            return None
        written = await self._explain.write(person, card_id, message.text)
        if written is None:
            return reply(message.chat_id, say(person.language, "why-over"))
        changed, word = written
        return [
            Reply(message.chat_id, changed, edits=asked.message_id),
            Reply(message.chat_id, word),
        ]


def _asked_of(message: Message) -> int | None:
    """The card that a checklist is about; None for any other message."""
    for data in buttons_of(message):
        press = unpack_why(data)
        if press is not None and press.field is Field.DONE:
            return press.card_id
    return None
