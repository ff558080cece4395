"""How things stand, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.case import CaseState
from bot.domain.post import SourceKind
from bot.domain.receipt import ReplyCode
from bot.domain.recipient import Requirement
from bot.domain.referral import ReferralState


@dataclass(frozen=True)
class SourceState:
    """A way in which posts come in. channels: that it reads now. not_well: of these, by why.

    rests_until: when its host is asked again; None while it may be asked. by: who switched it last.
    """

    source: SourceKind
    is_on: bool
    channels: int
    not_well: dict[str, int]
    rests_until: datetime | None = None
    legal_basis: str = ""
    changed_at: datetime | None = None
    by: str = ""


@dataclass(frozen=True)
class Day:
    """The last 24 hours, for the message of the day.

    watched: channels under watch, those included that are paused or have lapsed. not_well: how many
    of them are not read as they should be, by why. missed: days without this message before it.
    undecided: posts that have waited for more than `undecided_days`. held: what is missing, and how
    often, from what is owed to each recipient.
    """

    now: datetime
    watched: int
    not_well: dict[str, int]
    posts: int
    unreadable: int
    model: str
    oldest_open: datetime | None
    audit_hash: str
    missed: int = 0
    undecided: int = 0
    undecided_days: int = 0
    held: Mapping[str, Mapping[Requirement, int]] = field(default_factory=dict)


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
