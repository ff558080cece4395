"""The words of a channel's message beyond its text or caption: polls, checklists, newer kinds.

What python-telegram-bot does not know it leaves unparsed; that is read here at any depth, so that a
newer Bot API costs no post its words.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from telegram import Message, TelegramObject

_DEEPEST: Final = 60  # levels; more is no message that a person wrote
# Where words stand that a reader of the message sees.
_WORDY: Final = frozenset(
    (
        "text",
        "caption",
        "title",
        "subtitle",
        "heading",
        "question",
        "description",
        "explanation",
        "summary",
        "label",
        "credit",
        "alternative_text",
    )
)
# People, other messages, and what their authors wrote.
_OTHERS: Final = frozenset(
    (
        "author_signature",
        "chat",
        "contact",
        "external_reply",
        "forward_origin",
        "from",
        "from_user",
        "pinned_message",
        "quote",
        "reply_markup",
        "reply_to_message",
        "reply_to_story",
        "sender_business_bot",
        "sender_chat",
        "user",
        "via_bot",
    )
)


def further_words(message: Message) -> str:
    """Lines in the order in which they are written; empty for a plain text or picture."""
    known = message.text or message.caption or ""
    lines = [*_listed(message), *_left_over(message, 0)]
    return "\n".join(line for line in lines if line.strip() and line not in known)


def _listed(message: Message) -> Iterator[str]:
    """The lines of a poll or a checklist, which a reader sees like any text."""
    if message.poll:
        yield from (message.poll.question, *(option.text for option in message.poll.options))
    if message.checklist:
        yield from (message.checklist.title, *(task.text for task in message.checklist.tasks))


def _left_over(known: object, depth: int) -> Iterator[str]:
    """What the library did not parse, in a message and in all that it carries."""
    if depth > _DEEPEST:
        return
    if isinstance(known, TelegramObject):
        for name in _fields(known):
            if name not in _OTHERS:
                yield from _left_over(getattr(known, name, None), depth + 1)
        yield from _lines(known.api_kwargs, depth + 1)
    elif isinstance(known, tuple | list):
        for one in known:
            yield from _left_over(one, depth + 1)


def _fields(known: TelegramObject) -> list[str]:
    slots = (name for kind in type(known).__mro__ for name in getattr(kind, "__slots__", ()))
    return [name for name in slots if not name.startswith("_") and name != "api_kwargs"]


def _lines(value: Any, depth: int) -> Iterator[str]:
    """One line for each piece of text, however deep."""
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name in _WORDY:
                yield "".join(_runs(inner, depth + 1))
            elif name not in _OTHERS:
                yield from _lines(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, depth + 1)


def _runs(value: Any, depth: int) -> Iterator[str]:
    """The runs of one piece of text, to be joined without a gap: a word may be half bold."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _runs(inner, depth + 1)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in _WORDY:
                yield from _runs(inner, depth + 1)
            elif name not in _OTHERS:
                yield from (f"\n{line}" for line in _lines(inner, depth + 1))
