"""What a handler gives back: letters that go out through the outbox."""

from dataclasses import dataclass

from bot.ports import Letter
from bot.texts import Html


@dataclass(frozen=True)
class Reply:
    """A letter to a chat, owed together with the mark that its update was handled.

    edits: the bot's message in that chat that it takes the place of; None for a new message.
    """

    chat_id: int
    letter: Letter
    edits: int | None = None


def reply(chat_id: int, *parts: Html) -> list[Reply]:
    """One reply a part."""
    return [Reply(chat_id, Letter(part)) for part in parts]
