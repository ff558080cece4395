"""A channel on its timeline: what it published, changed and took back, and under which names."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sandbox.preview.clock import VirtualClock

PAGE_SIZE: Final = 20
# How the Bot API writes a channel's bare id N: -100N, with twelve digits of room.
_BOT_API_OFFSET: Final = 10**12


class Kind(StrEnum):
    """What a message shows besides its words."""

    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    BIG_VIDEO = "big_video"
    ANIMATION = "animation"
    ROUND_VIDEO = "round_video"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    POLL = "poll"
    LOCATION = "location"
    CONTACT = "contact"
    UNSUPPORTED = "unsupported"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Version:
    """A message's words from a moment on."""

    at: datetime
    text: str


@dataclass(slots=True)
class Message:
    """One block of a page. An album of n members uses n numbers, from `number` on.

    lost: members that were deleted by themselves, and when.
    options: a poll's answers. forwarded_from: `name/12` for a channel's post, any other words for
    somebody whose name does not lead to a post. reply_to: the number of a message of the channel.
    """

    number: int
    posted_at: datetime
    kind: Kind
    versions: list[Version]
    members: int = 1
    deleted_at: datetime | None = None
    lost: dict[int, datetime] = field(default_factory=dict)
    author: str = ""
    forwarded_from: str = ""
    reply_to: int | None = None
    options: tuple[str, ...] = ()
    links_to: str = ""

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(range(self.number, self.number + self.members))

    def numbers_at(self, at: datetime) -> tuple[int, ...]:
        """Those that had not been deleted by then."""
        if not self.lost:
            return self.numbers
        return tuple(n for n in self.numbers if n not in self.lost or at < self.lost[n])

    def is_visible(self, at: datetime) -> bool:
        is_whole = self.deleted_at is None or at < self.deleted_at
        return self.posted_at <= at and is_whole and bool(self.numbers_at(at))

    def text(self, at: datetime) -> str:
        """The words as they read then; the first ones before it was published."""
        return self.versions[self._version(at)].text

    def is_edited(self, at: datetime) -> bool:
        return self._version(at) > 0

    def _version(self, at: datetime) -> int:
        known = bisect_right(self.versions, at, key=lambda version: version.at)
        return max(known - 1, 0)


@dataclass
class Channel:
    """bare_id: positive; a page's `data-view` shows it with a minus. subscribers: a fixed number.
    known_as: all channels of the site by each name that they ever had.

    `at` is now where it is left out; a later moment plans ahead. Messages come in the order of
    time: publishing before what is planned already raises ValueError.
    """

    clock: VirtualClock
    bare_id: int
    title: str
    subscribers: int = 1_234
    has_preview: bool = True
    known_as: "dict[str, list[Channel]]" = field(default_factory=dict, repr=False)
    names: list[tuple[datetime, str]] = field(default_factory=list)
    forwarding_names: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    next_number: int = 1

    @property
    def chat_id(self) -> int:
        """As the Bot API writes it."""
        return -(_BOT_API_OFFSET + self.bare_id)

    @property
    def username(self) -> str:
        """Its name now."""
        return self.name(self.clock.now())

    def name(self, at: datetime) -> str:
        """Its name then; empty before it had one."""
        known = bisect_right(self.names, at, key=lambda named: named[0])
        return self.names[known - 1][1] if known else ""

    def named_at(self, at: datetime) -> datetime:
        """Since when it has had its name of then; when it will get its first one."""
        known = bisect_right(self.names, at, key=lambda named: named[0])
        return self.names[max(known - 1, 0)][0]

    def publish(
        self,
        text: str = "",
        *,
        kind: Kind = Kind.TEXT,
        at: datetime | None = None,
        members: int = 1,
        author: str = "",
        forwarded_from: str = "",
        reply_to: int | None = None,
        options: tuple[str, ...] = (),
        links_to: str = "",
    ) -> Message:
        at = at or self.clock.now()
        if self.messages and at < self.messages[-1].posted_at:
            raise ValueError("a later message is planned already: publish in the order of time")
        message = Message(
            number=self.next_number,
            posted_at=at,
            kind=kind,
            versions=[Version(at, text)],
            members=members,
            author=author,
            forwarded_from=forwarded_from,
            reply_to=reply_to,
            options=options,
            links_to=links_to,
        )
        self.messages.append(message)
        self.next_number += members
        return message

    def serve(self, what: str = "Channel photo updated", at: datetime | None = None) -> Message:
        """A service message: it uses up a number."""
        return self.publish(what, kind=Kind.SERVICE, at=at)

    def skip(self, numbers: int = 1) -> None:
        """Numbers that no visitor ever sees, as for what was deleted at once."""
        self.next_number += numbers

    def edit(self, number: int, text: str, at: datetime | None = None) -> None:
        """Raises LookupError for an unknown number."""
        message = self.message(number)
        at = at or self.clock.now()
        if at < message.versions[-1].at:
            raise ValueError("a later edit is planned already")
        message.versions.append(Version(at, text))

    def delete(self, number: int, at: datetime | None = None, *, member_only: bool = False) -> None:
        """Takes a message back, an album as a whole. Raises LookupError for an unknown number.

        member_only: of an album this one alone; the page then names it by the first that is left.
        """
        message, at = self.message(number), at or self.clock.now()
        if member_only:
            message.lost[number] = at
        else:
            message.deleted_at = at

    def rename(self, username: str, at: datetime | None = None, *, forwards: bool = False) -> None:
        """forwards: whether the old name's page leads on to the new one's, or to nowhere."""
        at = at or self.clock.now()
        if forwards:
            self.forwarding_names.add(self.name(at).lower())
        self.names.append((at, username))
        self.names.sort(key=lambda named: named[0])
        self.known_as.setdefault(username.lower(), []).append(self)

    def message(self, number: int) -> Message:
        """The one with this number, an album by any of its members'. Raises LookupError."""
        spot = bisect_right(self.messages, number, key=lambda one: one.number) - 1
        if spot < 0 or number not in self.messages[spot].numbers:
            raise LookupError(f"no message {number}")
        return self.messages[spot]

    def page(
        self, at: datetime, before: int | None = None, after: int | None = None
    ) -> list[Message]:
        """The messages of one page, ascending.

        The newest below `before`, or the first above `after`; of an album the number that the page
        calls it by counts.
        """
        if after is not None:
            return self._some(range(self._spot(after + 1, at), len(self.messages)), at)
        stop = bisect_right(self.messages, at, key=lambda one: one.posted_at)
        if before is not None:
            stop = min(stop, self._spot(before, at))
        return self._some(range(stop - 1, -1, -1), at)[::-1]

    def has_earlier(self, number: int, at: datetime) -> bool:
        return bool(self._some(range(self._spot(number, at) - 1, -1, -1), at, most=1))

    def has_later(self, number: int, at: datetime) -> bool:
        return bool(self._some(range(self._spot(number + 1, at), len(self.messages)), at, most=1))

    def _spot(self, number: int, at: datetime) -> int:
        """Where the first message stands that is called by this number or a higher one."""
        spot = bisect_left(self.messages, number, key=lambda one: one.number)
        before = self.messages[spot - 1].numbers_at(at) if spot else ()
        return spot - 1 if before and before[0] >= number else spot

    def _some(self, spots: range, at: datetime, most: int = PAGE_SIZE) -> list[Message]:
        found: list[Message] = []
        for spot in spots:
            message = self.messages[spot]
            if message.is_visible(at):
                found.append(message)
                if len(found) == most:
                    break
        return found
