"""What there is to know: posts, cards, desks, and how often each row of the table was seen."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

OPEN = ("waiting", "second", "third")
DECIDED = ("confirmed", "kept", "dismissed", "referred")  # a copy can be the same as these
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rules:
    """What an operator may set. excerpt: characters that a card shows. page: of a full text."""

    excerpt: int
    stretch: int
    rest: timedelta
    practice: int
    two_for: frozenset[str]
    page: int = 2500


@dataclass(frozen=True)
class Words:
    """One wording of a post. family: what reads nearly the same has the same one."""

    length: int
    family: int
    is_flagged: bool
    likely_purpose: bool
    is_urgent: bool
    score: float


@dataclass
class Revision:
    """is_printed: copies to come are compared with it. is_empty: its words left the desk's reach,
    and is_forgotten: every place.
    """

    words: Words
    seen_at: datetime
    is_printed: bool = False
    is_empty: bool = False
    is_forgotten: bool = False


@dataclass
class Post:
    """revisions: the first one is number 1. cards: their numbers, oldest first."""

    number: int
    reach: int
    revisions: list[Revision]
    cards: list[int] = field(default_factory=list)

    @property
    def newest(self) -> int:
        return len(self.revisions)


@dataclass(frozen=True)
class Look:
    who: int
    what: str
    at: datetime


@dataclass(frozen=True)
class Before:
    """A card before its newest look."""

    state: str
    first: str
    code: str | None


@dataclass
class Card:
    """revision: the one that it shows. looks: since it shows that. first: P's word."""

    number: int
    post: int
    revision: int
    score: float
    is_urgent: bool
    opened_at: datetime
    due_at: datetime
    likely_purpose: bool
    case: int = 0
    looks_like: int | None = None
    state: str = "waiting"
    first: str = ""
    code: str | None = None
    looks: list[Look] = field(default_factory=list)
    before: list[Before] = field(default_factory=list)
    held_by: int | None = None
    held_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def last_at(self) -> datetime | None:
        return self.looks[-1].at if self.looks else None

    def was_looked_at_by(self, who: int) -> bool:
        return any(look.who == who for look in self.looks)


@dataclass(frozen=True)
class Confirmed:
    at: datetime
    took: timedelta
    card: int


@dataclass
class Desk:
    """beside: the decided card that this one lies beside, one of these; empty for none.

    practised: samples that the person got right. looked: at which card, when, whatever came of it.
    """

    who: int
    is_moderator: bool = True
    is_on_duty: bool = False
    card: int | None = None
    revision: int | None = None
    beside: frozenset[int] = frozenset()
    view: str = "idle"
    page: int = 0
    pages: int = 0
    dealt_at: datetime | None = None
    counted_from: datetime | None = None
    rests_until: datetime | None = None
    practised: set[str] = field(default_factory=set)
    looked: list[tuple[int, datetime]] = field(default_factory=list)
    confirmed: list[Confirmed] = field(default_factory=list)

    def clear(self) -> None:
        self.card = self.revision = None
        self.beside, self.view = frozenset(), "idle"


class State:
    """now: told before every step. events: how many entries of each kind the audit log owes."""

    def __init__(self, rules: Rules, now: datetime) -> None:
        self.rules = rules
        self.now = now
        self.rows: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.cards: dict[int, Card] = {}
        self.posts: dict[int, Post] = {}
        self.desks: dict[int, Desk] = {}

    def words(self, card: Card) -> Words:
        return self.posts[card.post].revisions[card.revision - 1].words

    def is_newest(self, card: Card) -> bool:
        return card.revision == self.posts[card.post].newest

    @property
    def on_duty(self) -> list[int]:
        return sorted(one.who for one in self.desks.values() if one.is_on_duty)

    @property
    def moderators(self) -> set[int]:
        return {one.who for one in self.desks.values() if one.is_moderator}
