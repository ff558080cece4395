"""What is owed to a recipient, and the digest that carries it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.codes import HarmCode
from bot.domain.recipient import Recipient, Requirement
from bot.domain.statement import Factor, Statement

PRESERVED = timedelta(days=183)  # six months, as EU 2021/784 art. 6 asks of providers


class ReferralState(StrEnum):
    """owed -> leased (in a digest on its way) -> delivered -> answered; or failed, withdrawn."""

    OWED = "owed"
    LEASED = "leased"
    DELIVERED = "delivered"
    ANSWERED = "answered"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Urgency(StrEnum):
    """Saring's own targets for itself, never a deadline for whoever reads it."""

    THREAT_TO_LIFE = "threat_to_life"
    URGENT = "urgent"
    ROUTINE = "routine"


class LiveStatus(StrEnum):
    """What is known of whether the post still stands.

    Live: its page was seen. Missing: the web preview has denied it once. Gone: twice. Edited: it
    reads otherwise by now; such a post is held back and goes to a person, so none is sent so.
    """

    LIVE = "live"
    EDITED = "edited"
    MISSING = "missing"
    GONE = "gone"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class Sender:
    """Who refers, as the operator's settings say. An empty field is not stated."""

    organisation: str
    role: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class ReferredItem:
    """A referral with what a digest says of it. `number` is unique and never used again.

    people: how many confirmed; reviewers: their pseudonyms; has_dissent: somebody saw it otherwise.
    copies: near-identical posts that were flagged, this one not counted; copy_links: those of them
    that were confirmed too. capture_sha256, picture_sha256: None where there is none.
    live_checked_at: None where the post was not looked up. language: as `language_of` guesses it.
    """

    number: int
    harm: HarmCode
    link: str
    channel: str
    text: str
    posted_at: datetime
    decided_at: datetime
    people: int
    score: float
    model_version: str
    revision_id: int = 0
    review_id: int = 0
    chat_id: int | None = None
    username: str | None = None
    title: str = ""
    message_ids: tuple[int, ...] = ()
    edited_at: datetime | None = None
    flagged_at: datetime | None = None
    forwarded_from: str | None = None
    media: tuple[str, ...] = ()
    threshold: float | None = None
    reviewers: tuple[str, ...] = ()
    has_dissent: bool = False
    views: int | None = None
    views_approx: bool = False
    subscribers: int | None = None
    subscribers_approx: bool = False
    copies: int = 0
    copy_links: tuple[str, ...] = ()
    captured_at: datetime | None = None
    capture_sha256: str | None = None
    picture_sha256: str | None = None
    statement: Statement = field(default_factory=Statement)
    live_status: LiveStatus = LiveStatus.NOT_CHECKED
    live_checked_at: datetime | None = None
    language: str | None = None

    @property
    def hides_words(self) -> bool:
        """Whether its words stay in the sealed capture alone."""
        return self.harm is HarmCode.INSTRUCT

    @property
    def translation(self) -> str:
        """A person's translation of the words; empty without one, and where no word may leave."""
        return "" if self.hides_words else self.statement.translation


@dataclass(frozen=True)
class Digest:
    """A numbered message to one recipient; numbers count from 1 for each recipient.

    since: when the digest before it was made, None for the first. previous_sha256: of that one's
    manifest. waiting: items delivered earlier that nobody has answered, waiting_since the oldest.
    withdrawn: corrections owed since then. is_preview: shown first; its number is not taken.
    """

    number: int
    recipient: str
    created_at: datetime
    items: tuple[ReferredItem, ...]
    audit_hash: str
    is_test: bool = False
    is_preview: bool = False
    is_at_once: bool = False
    at_once: frozenset[HarmCode] = frozenset()
    since: datetime | None = None
    previous_sha256: str | None = None
    waiting: int = 0
    waiting_since: datetime | None = None
    withdrawn: int = 0

    def urgency(self, item: ReferredItem) -> Urgency:
        if item.harm is HarmCode.THREAT:
            return Urgency.THREAT_TO_LIFE
        return Urgency.URGENT if item.harm in self.at_once else Urgency.ROUTINE

    @property
    def by_two(self) -> int:
        """How many items two people or more confirmed."""
        return sum(item.people > 1 for item in self.items)

    @property
    def counts(self) -> Mapping[HarmCode, int]:
        """How many items carry each code, in the order of the codes; codes that are there."""
        counted = {harm: sum(item.harm is harm for item in self.items) for harm in HarmCode}
        return {harm: count for harm, count in counted.items() if count}


@dataclass(frozen=True)
class NamedFile:
    """A document of a digest."""

    name: str
    content: bytes


def missing(item: ReferredItem, recipient: Recipient) -> tuple[Requirement, ...]:
    """What the recipient's profile asks of a referral and this one has not, in a fixed order."""
    said = item.statement
    has = {
        Requirement.REASONS: bool(said.reasons or said.note),
        Requirement.EXEMPTION: said.has_no_exemption,
        Requirement.RATINGS: set(said.ratings) == set(Factor),
        Requirement.ENTITY: bool(said.entity) or item.harm is not HarmCode.OFFICIAL,
        Requirement.PICTURE: item.picture_sha256 is not None,
        Requirement.TWO_PEOPLE: item.people > 1,
    }
    return tuple(one for one in Requirement if one in recipient.required and not has[one])
