"""A channel as admins look at it: how it is read, how well, and what they can do about it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.channel import Channel, WatchState
from bot.domain.health import Health
from bot.domain.post import SourceKind

PAGE_SIZE = 6  # channels on one message
UNDO_REMOVAL = timedelta(hours=1)
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # what a channel can be given by button
# A watch that found nothing for so long ends, unless an admin wants it to go on.
LIFETIME = timedelta(days=90)
ASKED_BEFORE = timedelta(days=7)


@dataclass(frozen=True)
class Reading:
    """How posts of a channel reach us now.

    source: None where none does. health: of the preview's visits, None with another source.
    delay: within what time a post is likely seen; None where nobody knows; zero for the bot.
    missing: message numbers that could not be had (yet).
    """

    source: SourceKind | None
    health: Health | None = None
    delay: timedelta | None = None
    missing: int = 0


@dataclass(frozen=True)
class Overseen:
    """lapses_at: when the watch ends by itself; None where it does not run."""

    channel: Channel
    reading: Reading
    lapses_at: datetime | None = None

    @property
    def is_well(self) -> bool:
        """Whether its silence means that nothing was published."""
        return not self.why_not_well

    @property
    def why_not_well(self) -> str:
        """One word for what is amiss; empty where nothing is."""
        return why_not_well(self.channel.state, self.reading)


def why_not_well(state: WatchState, reading: Reading) -> str:
    """One word for what is amiss with a channel in this state; empty where nothing is."""
    if reading.source is not None and reading.health in (None, Health.WELL):
        return ""
    if reading.health is not None:
        return reading.health.value
    if state is WatchState.WATCHING:
        return "preview_off"  # it was read through the preview, which was switched off
    return state.value


@dataclass(frozen=True)
class Standing:
    """Channels that are read alike. source: None where nothing reads them. count: how many."""

    source: SourceKind | None
    why_not_well: str
    count: int


@dataclass(frozen=True)
class Page:
    """number: from 0. requests: additions that wait for a second admin."""

    number: int
    pages: int
    total: int
    rows: tuple[Overseen, ...]
    counts: dict[str, int]
    requests: int = 0


class Act(StrEnum):
    """What a button about channels does. PAGE, SHOW, LEVELS, KINDS and REQUESTS only show
    something; KIND asks for a reason first.
    """

    PAGE = "page"
    SHOW = "show"
    PAUSE = "pause"
    RESUME = "resume"
    SOURCE = "source"
    LEVELS = "levels"
    LEVEL = "level"
    KINDS = "kinds"
    KIND = "kind"
    REMOVE = "remove"
    UNDO = "undo"
    RENEW = "renew"
    RENEW_ALL = "all"
    REQUESTS = "asked"


_PACKED = re.compile(r"chan:([a-z]{1,8}):(\d{1,18}):(\d{1,6})(?::([a-z0-9]{1,12}))?")


@dataclass(frozen=True)
class ChannelPress:
    """channel_id: 0 where it is about none. page: where Back leads. value: what was chosen."""

    act: Act
    channel_id: int = 0
    page: int = 0
    value: str = ""

    def pack(self) -> str:
        packed = f"chan:{self.act}:{self.channel_id}:{self.page}"
        return f"{packed}:{self.value}" if self.value else packed

    @property
    def threshold(self) -> float | None:
        """The level that was chosen, in hundredths; None for the model's own."""
        level = int(self.value) / 100 if self.value.isdecimal() else None
        return level if level in THRESHOLDS else None


def unpack_channel(data: str) -> ChannelPress | None:
    """The press that was packed; None for anything that no button of ours sends."""
    found = _PACKED.fullmatch(data)
    if not found or found[1] not in set(Act):
        return None
    return ChannelPress(Act(found[1]), int(found[2]), int(found[3]), found[4] or "")
