"""Another kind for a channel that is under watch: why, and by two people where it asks for them."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.adding import ChannelKind


class KindState(StrEnum):
    """asked: waits for a second admin, with nothing changed. The others are ends."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class Rekinded(StrEnum):
    """What became of a wish to give a channel another kind, or of a second admin's word on it.

    SAME: it is of this kind. ALREADY: another wish for it waits. OWN: nobody agrees to their own.
    """

    DONE = "done"
    ASKED = "asked"
    ASKED_NOBODY = "asked_nobody"
    REFUSED = "refused"
    SAME = "same"
    ALREADY = "already"
    NO_REASON = "no_reason"
    GONE = "gone"
    OWN = "own"
    LATE = "late"


@dataclass(frozen=True)
class KindChange:
    """before, kind: of the channel, then and as wished for."""

    id: int
    channel_id: int
    before: ChannelKind
    kind: ChannelKind
    reason: str
    asked_by: int
    asked_at: datetime
    state: KindState


_WHY = re.compile(r"rekind:off:(\d{1,18}):([a-z]{1,12})")
_WORD = re.compile(r"rekind:(yes|no):(\d{1,18})")


@dataclass(frozen=True)
class KindWhyPress:
    """The button under the question for a reason, which puts it away."""

    channel_id: int
    kind: ChannelKind

    def pack(self) -> str:
        return f"rekind:off:{self.channel_id}:{self.kind}"


@dataclass(frozen=True)
class KindWordPress:
    """A second admin's button."""

    change_id: int
    agrees: bool

    def pack(self) -> str:
        return f"rekind:{'yes' if self.agrees else 'no'}:{self.change_id}"


def unpack_kind(data: str) -> KindWhyPress | KindWordPress | None:
    """The press that was packed; None for anything that no button of ours sends."""
    if (found := _WHY.fullmatch(data)) and found[2] in set(ChannelKind):
        return KindWhyPress(int(found[1]), ChannelKind(found[2]))
    if found := _WORD.fullmatch(data):
        return KindWordPress(int(found[2]), found[1] == "yes")
    return None
