"""A moderator's desk and the card that lies on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.case import UNDO_WINDOW, CaseState, Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.excerpt import Excerpt
from bot.domain.nearest import NearestExamples
from bot.domain.post import Revision
from bot.domain.targets import Targets
from bot.domain.verdict import Verdict

PAGE = 2500  # UTF-16 units of a post on one screen; Telegram's 4,096 must hold the rest of the card


@dataclass(frozen=True)
class DeskRules:
    """What an operator may set about desks.

    shows_score: score and likely harm stand on a card before the first choice too.
    is_veiled: a post's words are hidden until they are tapped.
    excerpt: characters of a post that a card shows; a longer one is cut.
    settle: for so long after a redraw a press counts for nothing.
    two_people_for: codes that ask for a second person, GLORIFY aside, which always does.
    stretch: cards in a row until a rest is due, 0 for no rests. rest: how long it is.
    targets: by when cards are to be decided.
    practice: sample cards that a new moderator has to get right before the first real one.
    """

    timezone: str = "Asia/Jakarta"
    shows_score: bool = False
    is_veiled: bool = True
    excerpt: int = 900
    settle: timedelta = timedelta(seconds=1)
    two_people_for: frozenset[HarmCode] = frozenset()
    stretch: int = 50
    rest: timedelta = timedelta(minutes=15)
    practice: int = 20
    targets: Targets = field(default_factory=Targets)


class View(StrEnum):
    """What the desk message shows. LIKE: the card beside a near-identical one that was decided."""

    IDLE = "idle"
    CARD = "card"
    LIKE = "like"
    FULL = "full"
    HARM = "harm"
    PURPOSE = "purpose"
    MORE = "more"
    COPIES = "copies"
    HISTORY = "history"

    @property
    def is_after_choice(self) -> bool:
        """Whether the person has said which way, and only the code is open."""
        return self in (View.HARM, View.PURPOSE)


@dataclass(frozen=True)
class Notice:
    """What became of the last card: it heads the next one, and can be undone from there.

    choice: the person's own; None when somebody else decided the card meanwhile.
    """

    choice: Choice | None
    card_id: int
    state: CaseState
    at: datetime
    harm: HarmCode | None = None
    purpose: PurposeCode | None = None

    def can_undo(self, now: datetime) -> bool:
        return self.choice is not None and now - self.at <= UNDO_WINDOW

    def as_json(self) -> dict[str, Any]:
        return {
            "choice": self.choice,
            "card_id": self.card_id,
            "state": self.state,
            "at": self.at.isoformat(),
            "harm": self.harm,
            "purpose": self.purpose,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Notice":
        return cls(
            Choice(kept["choice"]) if kept["choice"] else None,
            kept["card_id"],
            CaseState(kept["state"]),
            datetime.fromisoformat(kept["at"]),
            HarmCode(kept["harm"]) if kept["harm"] else None,
            PurposeCode(kept["purpose"]) if kept["purpose"] else None,
        )


@dataclass(frozen=True)
class Desk:
    """message_id: the desk message, None before the first. page counts from 0.

    pages_seen: how many pages of the full text have been on the screen.
    drawn_at: when the message was last sent or edited. dealt_at: when the card came.
    like_card_id: the decided near-identical card that this one is shown beside.
    teaches: whether the decision to come may teach a model.
    counted_from: cards count towards a rest from here on. rests_until: no card before that.
    """

    person_id: int
    is_on_duty: bool
    message_id: int | None = None
    card_id: int | None = None
    revision_id: int | None = None
    view: View = View.IDLE
    page: int = 0
    pages_seen: int = 0
    notice: Notice | None = None
    drawn_at: datetime | None = None
    dealt_at: datetime | None = None
    like_card_id: int | None = None
    teaches: bool = True
    counted_from: datetime | None = None
    rests_until: datetime | None = None

    @property
    def home(self) -> View:
        """What "back" leads to."""
        return View.CARD if self.like_card_id is None else View.LIKE

    def is_settled(self, now: datetime, settle: timedelta) -> bool:
        """Whether the buttons have stood still long enough for a press to be meant."""
        return self.drawn_at is None or now - self.drawn_at >= settle

    def rests(self, now: datetime) -> bool:
        return self.rests_until is not None and now < self.rests_until


@dataclass(frozen=True)
class Spread:
    """How far the posts of a case have gone."""

    posts: int = 1
    channels: int = 1


@dataclass(frozen=True)
class Likeness:
    """The decided near-identical post beside which a card is shown, and what differs from it.

    is_earlier: it is this very post before it was edited.
    """

    card_id: int
    case_id: int
    channel: str
    link: str
    decided_at: datetime
    harm: HarmCode | None
    purpose: PurposeCode | None
    differing: Excerpt
    is_earlier: bool = False


@dataclass(frozen=True)
class CopyLine:
    """Another post of the same case. harm and purpose: of its decision."""

    channel: str
    link: str
    posted_at: datetime
    state: CaseState
    harm: HarmCode | None
    purpose: PurposeCode | None
    card_id: int = 0
    case_id: int = 0


@dataclass(frozen=True)
class History:
    """What was decided about a channel's posts so far; the newest decisions first."""

    confirmed: int = 0
    kept: int = 0
    dismissed: int = 0
    waiting: int = 0
    newest: tuple[CopyLine, ...] = ()


@dataclass(frozen=True)
class DeskCard:
    """Everything that a desk message says of a card.

    excerpt: what it shows of the text. looks_like: a case that it may belong to.
    views: how often the post was seen, subscribers: of its channel; None where nobody says.
    is_deleted: it is gone from its channel. others, history, examples: where asked for.
    """

    card_id: int
    case_id: int
    revision: Revision
    verdict: Verdict | None
    view: View
    page: int
    notice: Notice | None
    excerpt: Excerpt
    spread: Spread = field(default_factory=Spread)
    views: int | None = None
    subscribers: int | None = None
    is_deleted: bool = False
    looks_like: int | None = None
    likeness: Likeness | None = None
    teaches: bool = True
    others: Sequence[CopyLine] = ()
    history: History = field(default_factory=History)
    examples: NearestExamples = field(default_factory=NearestExamples)


def pages_of(text: str) -> list[str]:
    """The text in pages of at most 2,500 UTF-16 units, as Telegram counts; at least one page."""
    pages, page, room = list[str](), list[str](), PAGE
    for character in text:
        units = 2 if ord(character) > 0xFFFF else 1
        if units > room:
            pages.append("".join(page))
            page, room = [], PAGE
        page.append(character)
        room -= units
    return [*pages, "".join(page)]


def is_cut(text: str, excerpt: int) -> bool:
    """Whether a card that shows so many characters leaves some of the text out."""
    return len(text) > excerpt


def has_seen_all(desk: Desk, text: str, excerpt: int) -> bool:
    """Whether the whole text has been on the person's screen."""
    return not is_cut(text, excerpt) or desk.pages_seen >= len(pages_of(text))
