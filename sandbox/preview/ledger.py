"""What was visible when, and what each request was shown: the truth that a visitor is held to."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sandbox.preview.channel import Channel, Kind, Message
from sandbox.preview.faults import Fault


class Outcome(StrEnum):
    """What a request was answered with when nothing went wrong.

    UNKNOWN: led to the home page. FORMER_NAME: likewise, by a name that a channel gave up.
    LED_ON: a former name that leads to the present one. ABOUT: led to the page about a name, which
    shows no posts, or shown it.
    """

    PAGE = "page"
    NO_POSTS = "no_posts"
    POST = "post"
    NO_SUCH_POST = "no_such_post"
    UNKNOWN = "unknown"
    FORMER_NAME = "former_name"
    LED_ON = "led_on"
    ABOUT = "about"


@dataclass(frozen=True)
class Shown:
    """A block as a page had it."""

    numbers: tuple[int, ...]
    text: str
    is_service: bool


@dataclass(frozen=True)
class Request:
    """One request and its answer.

    outcome: what came without a fault, or the fault. channel: the bare id of the channel it was
    about, None for an unknown name. shown: what the answer held that could be read.
    overflowed: a newest page that did not reach down to the one that was shown before.
    """

    number: int
    at: datetime
    path: str
    name: str
    channel: int | None
    outcome: Outcome | Fault
    before: int | None = None
    is_single: bool = False
    shown: tuple[Shown, ...] = ()
    overflowed: bool = False
    user_agent: str = ""


@dataclass
class Ledger:
    requests: list[Request] = field(default_factory=list)
    _reach: dict[int, int] = field(default_factory=dict)

    def note(self, request: Request) -> None:
        self.requests.append(request)

    def overflows(self, channel: Channel, page: list[Message], at: datetime) -> bool:
        """Whether messages lie between this newest page and the newest one shown before it."""
        before = self._reach.get(channel.bare_id)
        self._reach[channel.bare_id] = page[-1].numbers[-1]
        if before is None or page[0].number <= before + 1:
            return False
        between = channel.page(at, before=page[0].number)
        return bool(between) and between[-1].number > before

    def of(self, channel: Channel) -> Iterator[Request]:
        return (one for one in self.requests if one.channel == channel.bare_id)

    def delivered(self, channel: Channel) -> dict[int, set[str]]:
        """The words that each post was shown with, by its first number then; services left out."""
        found: dict[int, set[str]] = {}
        for request in self.of(channel):
            for one in request.shown:
                if not one.is_service:
                    found.setdefault(one.numbers[0], set()).add(one.text)
        return found

    def delivered_numbers(self, channel: Channel) -> set[int]:
        """Every number that a visitor has been shown, of members and of services too."""
        return {
            number
            for request in self.of(channel)
            for one in request.shown
            for number in one.numbers
        }

    def visible(self, channel: Channel, at: datetime) -> list[Message]:
        """The posts that a reader could see then, services left out."""
        return [
            one for one in channel.messages if one.kind is not Kind.SERVICE and one.is_visible(at)
        ]

    def never_visible(self, channel: Channel, at: datetime) -> set[int]:
        """Numbers below the newest that belong to no message: holes."""
        used = {n for one in channel.messages if one.posted_at <= at for n in one.numbers}
        return set(range(1, max(used, default=0) + 1)) - used

    def counted(self) -> Counter[str]:
        """How often each outcome and fault occurred, and "overflow" for pages that fell short."""
        counts = Counter(str(one.outcome) for one in self.requests)
        counts["overflow"] = sum(one.overflowed for one in self.requests)
        return +counts
