"""A moderator's desk and the card that lies on it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.post import Revision
from bot.domain.verdict import Verdict

EXCERPT = 900  # characters that a card shows before the full text has to be opened
PAGE = 2500  # characters of a post on one screen; Telegram's 4,096 must hold the rest of the card


class View(StrEnum):
    """What the desk message shows."""

    IDLE = "idle"
    CARD = "card"
    FULL = "full"
    HARM = "harm"
    PURPOSE = "purpose"


@dataclass(frozen=True)
class Notice:
    """What the person did last: it heads the next card, and can be undone from there."""

    choice: Choice
    card_id: int
    state: CaseState
    harm: HarmCode | None = None
    purpose: PurposeCode | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "choice": self.choice,
            "card_id": self.card_id,
            "state": self.state,
            "harm": self.harm,
            "purpose": self.purpose,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Notice":
        return cls(
            Choice(kept["choice"]),
            kept["card_id"],
            CaseState(kept["state"]),
            HarmCode(kept["harm"]) if kept["harm"] else None,
            PurposeCode(kept["purpose"]) if kept["purpose"] else None,
        )


@dataclass(frozen=True)
class Desk:
    """message_id: the desk message, None before the first. page counts from 0.

    pages_seen: how many pages of the full text have been on the screen.
    """

    person_id: int
    is_on_duty: bool
    message_id: int | None
    card_id: int | None
    revision_id: int | None
    view: View
    page: int
    pages_seen: int
    notice: Notice | None


@dataclass(frozen=True)
class DeskCard:
    """Everything that a desk message says of a card."""

    card_id: int
    case_id: int
    posts_in_case: int
    revision: Revision
    verdict: Verdict | None
    view: View
    page: int
    notice: Notice | None


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


def has_seen_all(desk: Desk, text: str) -> bool:
    """Whether the whole text has been on the person's screen."""
    return len(text) <= EXCERPT or desk.pages_seen >= len(pages_of(text))
