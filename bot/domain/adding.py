"""Channels that an admin asks to have watched: many at once, for one reason, an answer each."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_LINES = 10_000  # in one addition
LONGEST_LINE = 200  # characters of a line that are kept for its answer
LONGEST_REASON = 500
# An addition that nobody went on with for so long no longer takes what its admin writes.
PATIENCE = timedelta(days=1)
REQUEST_LIFETIME = timedelta(days=7)  # what waits for a second admin for so long ends by itself


class Outcome(StrEnum):
    """What became of one name.

    PREVIEW: read through the web preview. WAITING: until the owner adds the bot. LEFT_OUT: its
    owner asked not to be watched. STOPPED: the admin stopped before its turn came.
    """

    WATCHING = "watching"
    PREVIEW = "preview"
    WAITING = "waiting"
    ALREADY = "already"
    PAUSED = "paused"
    LEFT_OUT = "left_out"
    PRIVATE = "private"
    NOT_A_CHANNEL = "not_a_channel"
    BAD_NAME = "bad_name"
    STOPPED = "stopped"
    REMOVED = "removed"
    UNKNOWN = "unknown"

    @property
    def is_added(self) -> bool:
        return self in (Outcome.WATCHING, Outcome.PREVIEW, Outcome.WAITING)


class WantedBy(StrEnum):
    """Who asked for a channel to be watched."""

    OWN = "own"
    PUBLIC = "public"
    RECIPIENT = "recipient"


class ChannelKind(StrEnum):
    """What a channel is. All but ORDINARY are freedoms that a watch must not chill."""

    ORDINARY = "ordinary"
    MEDIA = "media"
    RELIGIOUS = "religious"
    UNION = "union"
    PARTY = "party"


def needs_second(kind: ChannelKind, wanted_by: WantedBy) -> bool:
    """Whether another admin must agree before anything is added."""
    return kind is not ChannelKind.ORDINARY or wanted_by is WantedBy.RECIPIENT


class AdditionState(StrEnum):
    """COLLECTING, REASON, KIND, WANTED: what the admin is asked for. REQUESTED: waits for a second
    admin, with nothing added. WORKING: names are looked up and added. The others are ends.
    """

    COLLECTING = "collecting"
    REASON = "reason"
    KIND = "kind"
    WANTED = "wanted"
    REQUESTED = "requested"
    WORKING = "working"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def is_asked(self) -> bool:
        """Whether its admin has yet to say something."""
        return self in ASKED


ASKED = (
    AdditionState.COLLECTING,
    AdditionState.REASON,
    AdditionState.KIND,
    AdditionState.WANTED,
)


@dataclass(frozen=True)
class Addition:
    """One admin's list on its way. lines: how many names. answered: of these, how many are done.

    message_id: the form in the admin's chat that is changed in place; None before a press on it.
    """

    id: int
    person_id: int
    chat_id: int
    state: AdditionState
    opened_at: datetime
    reason: str = ""
    kind: ChannelKind = ChannelKind.ORDINARY
    wanted_by: WantedBy = WantedBy.OWN
    message_id: int | None = None
    lines: int = 0
    answered: int = 0


@dataclass(frozen=True)
class Line:
    """written: as it came. name: the channel's, where it is one. answer: None before its turn."""

    place: int
    written: str
    name: str = ""
    answer: Outcome | None = None


class Verb(StrEnum):
    """What a button of an addition does."""

    DONE = "done"
    CANCEL = "cancel"
    KIND = "kind"
    BACK = "back"
    WANTED = "want"
    STOP = "stop"
    AGREE = "yes"
    REFUSE = "no"


_PACKED = re.compile(r"add:([a-z]{1,8}):(\d{1,18})(?::([a-z]{1,12}))?")


@dataclass(frozen=True)
class AdditionPress:
    """value: the kind or the asker that was chosen."""

    verb: Verb
    addition_id: int
    value: str = ""

    def pack(self) -> str:
        packed = f"add:{self.verb}:{self.addition_id}"
        return f"{packed}:{self.value}" if self.value else packed


def unpack_addition(data: str) -> AdditionPress | None:
    """The press that was packed; None for anything that no button of ours sends."""
    found = _PACKED.fullmatch(data)
    if not found or found[1] not in set(Verb):
        return None
    press = AdditionPress(Verb(found[1]), int(found[2]), found[3] or "")
    if press.verb is Verb.KIND and press.value not in set(ChannelKind):
        return None
    if press.verb is Verb.WANTED and press.value not in set(WantedBy):
        return None
    return press
