"""What stands in a file of messages and is no post: why, and where."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.post import Post


class SkipReason(StrEnum):
    """Why a message is not read. All but SERVICE and EMPTY say what the chat is.

    EMPTY: the file knows the number of a message that was deleted, and nothing else of it.
    """

    SERVICE = "service"
    EMPTY = "empty"
    PRIVATE_CHAT = "private_chat"
    GROUP = "group"
    PRIVATE_CHANNEL = "private_channel"
    UNKNOWN_CHAT = "unknown_chat"


@dataclass(frozen=True)
class Skipped:
    """A message that is deliberately not read. place: "messages[12], byte 34,567", "line 12"."""

    reason: SkipReason
    place: str


@dataclass(frozen=True)
class BrokenRow:
    """A message, or a stretch between messages, that cannot be read. The sentence quotes no text.

    A byte in the place is where the message begins, or shortly before when its start is damaged.
    """

    place: str
    sentence: str


FileRow = Post | Skipped | BrokenRow
