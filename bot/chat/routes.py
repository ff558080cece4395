"""What a group of features brings: its commands, its buttons, and who may use them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from telegram import Message

from bot.chat.reply import Reply
from bot.domain.people import Person, Role
from bot.texts import Html


@dataclass(frozen=True)
class Said:
    """A command by somebody who may give it. words: what follows it. text: the same as written."""

    person: Person
    chat_id: int
    words: list[str]
    text: str = ""

    @property
    def language(self) -> str:
        return self.person.language

    def after(self, words: int) -> str:
        """What was written after so many words, with its commas."""
        return "".join(self.text.split(maxsplit=words)[words:])


@dataclass(frozen=True)
class Pressed:
    """A button that was pressed by somebody who may press it.

    data: what the button sent, which a client can forge. chat_id, message_id: where it stands.
    """

    person: Person
    data: str
    chat_id: int
    message_id: int

    @property
    def language(self) -> str:
        return self.person.language

    @property
    def is_private(self) -> bool:
        """Whether the button stands in the presser's own chat with the bot."""
        return self.chat_id == self.person.telegram_id


@dataclass(frozen=True)
class Answer:
    """toast: shown over the chat for a moment, empty for none. replies: letters that go out."""

    toast: Html = field(default_factory=Html)
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True)
class Command:
    """role: who may give it."""

    role: Role
    answer: Callable[[Said], Awaitable[list[Reply]]]


@dataclass(frozen=True)
class Route:
    """Buttons whose data starts with one word. role: who may press them."""

    role: Role
    answer: Callable[[Pressed], Awaitable[Answer]]


class Group(Protocol):
    """Features that belong together.

    commands: by name, in the order of the menu. routes: by what their buttons' data has before
    its first colon.
    """

    @property
    def commands(self) -> Mapping[str, Command]: ...

    @property
    def routes(self) -> Mapping[str, Route]: ...


class Listener(Protocol):
    """Features that take what is no command: a file, an answer, a list that is pasted."""

    async def hear(self, person: Person, message: Message) -> list[Reply] | None:
        """The replies to a private message; None when it is not meant for this one."""
        ...
