"""The case table of docs/flow.md: what a card's state becomes when somebody looks at it.

A card's state is a fold over the looks that stand (`state_after`), so undoing is taking the last
look away and folding again; no state is reached by any other way. Letters name rows of the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from bot.domain.codes import HarmCode, PurposeCode

MOST_CONFIRMED = 20  # by one person within HASTE_WINDOW; beyond, each asks for a second person
HASTE_WINDOW = timedelta(minutes=10)
RECENT = 10  # confirmations of which the median time tells whether they were read
SHORTEST_LOOK = timedelta(seconds=5)  # a first line and a last line take longer
UNDO_WINDOW = timedelta(seconds=60)  # Jigsaw Altitude's: a slip is noticed within the minute


class CaseState(StrEnum):
    """Kept: propaganda that only justifies; it is on record and never sent."""

    WAITING = "waiting"
    SECOND = "second"
    THIRD = "third"
    CONFIRMED = "confirmed"
    KEPT = "kept"
    DISMISSED = "dismissed"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        return self in OPEN_STATES


OPEN_STATES = frozenset({CaseState.WAITING, CaseState.SECOND, CaseState.THIRD})
# What a copy can be the same as: a decision that holds.
DECIDED_STATES = frozenset(
    {CaseState.CONFIRMED, CaseState.KEPT, CaseState.DISMISSED, CaseState.REFERRED}
)


class Choice(StrEnum):
    """What a moderator pressed. Skip says nothing of the post; the others do."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    UNSURE = "unsure"
    SKIP = "skip"


@dataclass(frozen=True)
class Look:
    """A moderator's choice about one post revision, with its code.

    by: the person's id. harm: with CONFIRM and nowhere else.
    purpose: with DISMISS, or None for "not propaganda".
    saw_all: the whole text was on the person's screen.
    wants_second: this confirmation does not stand alone (its code, a likely purpose, haste).
    """

    by: int
    choice: Choice
    at: datetime
    harm: HarmCode | None = None
    purpose: PurposeCode | None = None
    saw_all: bool = True
    wants_second: bool = False


@dataclass(frozen=True)
class Card:
    """One post of a case that needs a decision, with the looks that stand, oldest first."""

    looks: tuple[Look, ...] = ()
    is_referred: bool = False

    @property
    def state(self) -> CaseState:
        return CaseState.REFERRED if self.is_referred else state_after(self.looks)

    @property
    def last(self) -> Look | None:
        return self.looks[-1] if self.looks else None


class Refusal(StrEnum):
    """Why a press changes nothing. A result for the presser, not an error."""

    ALREADY_DECIDED = "already_decided"
    ALREADY_LOOKED = "already_looked"
    NOT_OPENED_IN_FULL = "not_opened_in_full"
    NOTHING_TO_UNDO = "nothing_to_undo"
    WINDOW_OVER = "window_over"
    ALREADY_SENT = "already_sent"
    POST_CHANGED = "post_changed"
    NOT_ON_YOUR_DESK = "not_on_your_desk"
    LIKE_CHANGED = "like_changed"


def state_after(looks: Sequence[Look]) -> CaseState:
    """The state that these standing looks lead to, skips left out. Rows c-f and h-j."""
    spoken = [look for look in looks if look.choice is not Choice.SKIP]
    if not spoken:
        return CaseState.WAITING
    first, *later = spoken
    if not later:
        if first.choice is Choice.UNSURE or first.wants_second:
            return CaseState.SECOND
        return _closed(first)
    second, *later = later
    if not later:
        agree = second.choice is first.choice is not Choice.UNSURE
        return _closed(second) if agree else CaseState.THIRD
    last = later[-1]
    return CaseState.THIRD if last.choice is Choice.UNSURE else _closed(last)


def _closed(look: Look) -> CaseState:
    if look.choice is Choice.DISMISS:
        return CaseState.DISMISSED
    if look.harm is not None and look.harm.is_forwardable:
        return CaseState.CONFIRMED
    return CaseState.KEPT


def wants_second(
    harm: HarmCode,
    *,
    likely_purpose: bool,
    two_people_for: frozenset[HarmCode] = frozenset(),
    hasty: bool = False,
) -> bool:
    """Whether a confirmation needs another person's, row d."""
    return harm.approvals > 1 or harm in two_people_for or likely_purpose or hasty


@dataclass(frozen=True)
class Confirmation:
    """That a person confirmed something before: when, and how long the card had lain there."""

    at: datetime
    took: timedelta


def is_hasty(before: Sequence[Confirmation], now: datetime) -> bool:
    """Whether one more confirmation comes too fast to stand alone, row d.

    before: the person's confirmations that stand, newest first. More than 20 within ten minutes
    are too many; so is a median of less than five seconds over the last ten.
    """
    within = sum(now - one.at < HASTE_WINDOW for one in before)
    recent = [one.took.total_seconds() for one in before[:RECENT]]
    is_typically_fast = len(recent) == RECENT and median(recent) < SHORTEST_LOOK.total_seconds()
    return within >= MOST_CONFIRMED or is_typically_fast


def look_at(card: Card, look: Look) -> Card | Refusal:
    """The card after a look, rows c-j; or why the look does not count.

    Raises ValueError for a look that no keyboard offers: a code on the wrong choice.
    """
    if (look.harm is not None) != (look.choice is Choice.CONFIRM):
        raise ValueError("a harm code goes with a confirmation, and with nothing else")
    if look.purpose is not None and look.choice is not Choice.DISMISS:
        raise ValueError("a purpose code goes with a dismissal, and with nothing else")
    if not card.state.is_open:
        return Refusal.ALREADY_DECIDED
    if any(before.by == look.by for before in card.looks):
        return Refusal.ALREADY_LOOKED
    if look.choice is Choice.CONFIRM and not look.saw_all:
        return Refusal.NOT_OPENED_IN_FULL
    return Card((*card.looks, look))


def undo(card: Card, by: int, now: datetime, window: timedelta = UNDO_WINDOW) -> Card | Refusal:
    """The card without its last look, row k: the same person, inside the window, nothing sent."""
    if card.is_referred:
        return Refusal.ALREADY_SENT
    if card.last is None or card.last.by != by:
        return Refusal.NOTHING_TO_UNDO
    if now - card.last.at > window:
        return Refusal.WINDOW_OVER
    return Card(card.looks[:-1])


def window_passed(card: Card, now: datetime, window: timedelta = UNDO_WINDOW) -> Card | None:
    """The card as referred, row l; None while it is not confirmed or can still be undone."""
    if card.state is not CaseState.CONFIRMED or card.last is None:
        return None
    return Card(card.looks, is_referred=True) if now - card.last.at > window else None


class EditEffect(StrEnum):
    """What an edited post does to the card of its earlier revision."""

    REPLACES = "replaces"
    NEW_CARD = "new_card"
    NOTHING = "nothing"


def after_edit(
    earlier: CaseState | None, *, is_flagged: bool, is_unsent: bool = False
) -> EditEffect:
    """What becomes of an edited post, whose earlier revision's card is in this state.

    An open card shows the new words, and looks at the old ones fall away: row q. What was
    confirmed and has not left is looked at again whatever the score, and so is whatever is flagged
    now: row o. is_unsent: confirmed, and nothing of it has been delivered.
    """
    if earlier is not None and earlier.is_open:
        return EditEffect.REPLACES
    return EditEffect.NEW_CARD if is_flagged or is_unsent else EditEffect.NOTHING
