"""What a desk button sends back: an action, the card and the revision it was drawn for, a code.

Callback data is at most 64 bytes and can be forged by a client, so it grants nothing: the service
that gets a press checks the presser, the desk and the card.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


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
    DUTY_ON = "d"
    DUTY_OFF = "e"


_PACKED = re.compile(r"([a-z]):(\d{1,18}):(\d{1,18})(?::([A-Z]{1,12}))?")


@dataclass(frozen=True)
class Press:
    """card_id and revision_id are 0 where the action is about no card. code: a code's name."""

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
