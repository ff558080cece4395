"""Taking a decision back: reopening one that has not left, withdrawing one that has. Rows m, n.

Letters name rows of the table in docs/flow.md.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.case import CaseState

REOPENABLE = frozenset({CaseState.CONFIRMED, CaseState.KEPT, CaseState.DISMISSED})
CORRECTED_WITHIN = timedelta(hours=1)  # of the reversal: the longest a recipient acts on a mistake
SHORTEST_REASON, LONGEST_REASON = 5, 300  # characters; a reason is read by a recipient


class Reversal(StrEnum):
    """What became of a wish to take a decision back."""

    REOPENED = "reopened"
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    NO_CASE = "no_case"
    NO_REASON = "no_reason"
    ALREADY_SENT = "already_sent"
    NOT_SENT = "not_sent"
    STILL_OPEN = "still_open"
    POST_CHANGED = "post_changed"
    FORGOTTEN = "forgotten"
    ALREADY_ASKED = "already_asked"
    ALREADY_WITHDRAWN = "already_withdrawn"
    SAME_PERSON = "same_person"
    CLOSED = "closed"


class WithdrawalState(StrEnum):
    """asked by one person; agreed or declined by another."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


class Restored(StrEnum):
    """What a recipient says to a correction; nothing is "no answer"."""

    RESTORED = "restored"
    NOT_RESTORED = "not_restored"


@dataclass(frozen=True)
class Withdrawal:
    """A wish to withdraw one card's referrals. second_by: who agreed or declined."""

    id: int
    card_id: int
    state: WithdrawalState
    asked_by: int
    reason: str
    second_by: int | None = None


@dataclass(frozen=True)
class Correction:
    """What is owed to one recipient who received what was withdrawn.

    number: counts from 1 for each recipient. referral: the referral's number, at place `place` of
    digest `digest`.
    """

    id: int
    number: int
    recipient_id: int
    referral: int
    digest: int
    place: int
    link: str
    channel: str
    reason: str
    owed_at: datetime
    sent_at: datetime | None = None
    outcome: Restored | None = None


def reopening(state: CaseState, *, is_newest: bool, is_forgotten: bool = False) -> Reversal:
    """Row m: what comes of an admin's wish to have a decided card looked at again."""
    if state.is_open:
        return Reversal.STILL_OPEN
    if state not in REOPENABLE:
        return Reversal.ALREADY_SENT
    if not is_newest:
        return Reversal.POST_CHANGED
    return Reversal.FORGOTTEN if is_forgotten else Reversal.REOPENED


def withdrawing(state: CaseState, pending: Withdrawal | None) -> Reversal:
    """Row n: what comes of the first person's wish. pending: one that waits for the second."""
    if state is CaseState.WITHDRAWN:
        return Reversal.ALREADY_WITHDRAWN
    if state is not CaseState.REFERRED:
        return Reversal.STILL_OPEN if state.is_open else Reversal.NOT_SENT
    return Reversal.ALREADY_ASKED if pending else Reversal.ASKED


def seconding(withdrawal: Withdrawal, by: int, *, agrees: bool) -> Reversal:
    """Row n: what comes of the second person's word. Who asked may decline, but not agree."""
    if withdrawal.state is not WithdrawalState.ASKED:
        return Reversal.CLOSED
    if not agrees:
        return Reversal.DECLINED
    return Reversal.SAME_PERSON if by == withdrawal.asked_by else Reversal.WITHDRAWN


def fair_reason(words: str) -> str | None:
    """A reason as it is kept; None for one that says nothing."""
    plain = " ".join(words.split())[:LONGEST_REASON]
    return plain if len(plain) >= SHORTEST_REASON else None


_TAKE_BACK = re.compile(r"takeback:([0-9]{1,18})(:off)?")
_SECOND = re.compile(r"withdraw:([0-9]{1,18}):(agree|decline)")
_RESTORED = re.compile(r"correction:([0-9]{1,18}):(restored|not_restored)")


@dataclass(frozen=True)
class TakeBackPress:
    """A moderator's "Withdraw…" beside a decided card. is_off: under the question for a reason."""

    card_id: int
    is_off: bool = False

    def pack(self) -> str:
        return f"takeback:{self.card_id}{':off' if self.is_off else ''}"


def unpack_take_back(data: str) -> TakeBackPress | None:
    found = _TAKE_BACK.fullmatch(data)
    return TakeBackPress(int(found[1]), bool(found[2])) if found else None


@dataclass(frozen=True)
class SecondPress:
    """The second person's button under a wish to withdraw."""

    withdrawal_id: int
    agrees: bool

    def pack(self) -> str:
        return f"withdraw:{self.withdrawal_id}:{'agree' if self.agrees else 'decline'}"


def unpack_second(data: str) -> SecondPress | None:
    found = _SECOND.fullmatch(data)
    return SecondPress(int(found[1]), found[2] == "agree") if found else None


@dataclass(frozen=True)
class CorrectionPress:
    """A recipient's button under a correction."""

    correction_id: int
    outcome: Restored

    def pack(self) -> str:
        return f"correction:{self.correction_id}:{self.outcome}"


def unpack_correction(data: str) -> CorrectionPress | None:
    found = _RESTORED.fullmatch(data)
    return CorrectionPress(int(found[1]), Restored(found[2])) if found else None
