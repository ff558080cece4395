"""How things stand, in numbers."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.case import CaseState
from bot.domain.receipt import ReplyCode
from bot.domain.referral import ReferralState


@dataclass(frozen=True)
class Status:
    """Counts as of now. unreadable: posts without words; unknown: outside what the model knows."""

    watching: int
    waiting: int
    posts: int
    unreadable: int
    unknown: int
    cases: int
    cards: dict[CaseState, int]
    oldest_open: datetime | None
    referrals: dict[ReferralState, int]
    unsent: int
    failed: int
    moderators_on_duty: int
    recipients: int
    last_digest: datetime | None
    model: str
    audit_hash: str
    answers: dict[ReplyCode, int] = field(default_factory=dict)
    unanswered: int = 0
    corrections: dict[str, int] = field(default_factory=dict)
    paused_since: datetime | None = None
