"""What is owed to a recipient, and the digest that carries it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.codes import HarmCode


class ReferralState(StrEnum):
    """owed -> leased (in a digest on its way) -> delivered -> answered; or failed, withdrawn."""

    OWED = "owed"
    LEASED = "leased"
    DELIVERED = "delivered"
    ANSWERED = "answered"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ReferredItem:
    """A referral with what a digest says of it. `number` is unique and never used again."""

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


@dataclass(frozen=True)
class Digest:
    """A numbered message to one recipient; numbers count from 1 for each recipient."""

    number: int
    recipient: str
    created_at: datetime
    items: tuple[ReferredItem, ...]
    audit_hash: str
