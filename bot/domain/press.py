"""What buttons send back.

Callback data is at most 64 bytes and can be forged by a client, so it grants nothing: the service
that gets a press checks the presser, the desk and the card.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.people import Role


class Action(StrEnum):
    """One letter each, because of the 64 bytes."""

    CONFIRM = "c"
    HARM = "h"
    DISMISS = "x"
    PURPOSE = "p"
    UNSURE = "u"
    SKIP = "s"
    UNDO = "z"
    BACK = "b"
    FULL = "f"
    NEXT_PAGE = "n"
    MORE = "m"
    COPIES = "o"
    HISTORY = "r"
    SAME = "a"
    DIFFERENT = "i"
    JOIN = "j"
    KEEP_APART = "k"
    TAKE_OUT = "l"
    TEACHES = "t"
    DUTY_ON = "d"
    DUTY_OFF = "e"


_PACKED = re.compile(r"([a-z]):([0-9]{1,18}):([0-9]{1,18})(?::([A-Z]{1,12}))?")
_REMOVAL = re.compile(r"(ask|remove):([0-9]{1,18}):([a-z]{1,12})")


@dataclass(frozen=True)
class Press:
    """A desk's button: an action, the card and the revision it was drawn for, a code.

    card_id and revision_id are 0 where the action is about no card. code: a code's name."""

    action: Action
    card_id: int = 0
    revision_id: int = 0
    code: str | None = None

    def pack(self) -> str:
        packed = f"{self.action}:{self.card_id}:{self.revision_id}"
        return f"{packed}:{self.code}" if self.code else packed


def unpack(data: str) -> Press | None:
    """The press that was packed; None for anything that no button of ours sends."""
    found = _PACKED.fullmatch(data)
    if not found or found[1] not in set(Action):
        return None
    return Press(Action(found[1]), int(found[2]), int(found[3]), found[4])


@dataclass(frozen=True)
class RemovalPress:
    """An admin's button that takes a role from a person. is_sure: the second of two presses."""

    person_id: int
    role: Role
    is_sure: bool = False

    def pack(self) -> str:
        return f"{'remove' if self.is_sure else 'ask'}:{self.person_id}:{self.role}"


def unpack_removal(data: str) -> RemovalPress | None:
    found = _REMOVAL.fullmatch(data)
    if not found or found[3] not in set(Role):
        return None
    return RemovalPress(int(found[2]), Role(found[3]), found[1] == "remove")
