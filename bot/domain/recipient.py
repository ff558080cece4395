"""Who gets digests: a profile for each regulator's contact, and what it asks of a referral."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.codes import FORWARDABLE, HarmCode

MOST_ITEMS = 100  # in one digest; what is left goes into the next number


class RecipientState(StrEnum):
    """Pending: joined, and no admin has confirmed it yet. Test: gets digests that say so.

    Contact: somebody's second contact, who gets no digests.
    """

    PENDING = "pending"
    TEST = "test"
    LIVE = "live"
    CONTACT = "contact"


class Requirement(StrEnum):
    """A part of a referral that a profile may insist on: without it the referral is kept back."""

    REASONS = "reasons"
    EXEMPTION = "exemption"
    RATINGS = "ratings"
    ENTITY = "entity"
    PICTURE = "picture"
    TWO_PEOPLE = "two_people"


@dataclass(frozen=True)
class Recipient:
    """A regulator's contact: where its digests go, when, in which language, and what is in them.

    digest_at: a crontab line of five fields, read in `timezone`.
    codes: what it takes; at_once: those of them that do not wait for the timetable.
    second_person_id: who is written to when nobody answers. required: see `Requirement`.
    most_items: in one digest, 1 to 100. tells_empty: a day without items is said in one line.
    gets_originals: the post itself is forwarded too, where the bot may do so.
    """

    id: int
    person_id: int
    chat_id: int
    name: str
    language: str
    timezone: str
    digest_at: str
    next_digest_at: datetime
    state: RecipientState = RecipientState.PENDING
    codes: frozenset[HarmCode] = FORWARDABLE
    at_once: frozenset[HarmCode] = frozenset({HarmCode.THREAT})
    required: frozenset[Requirement] = frozenset()
    second_person_id: int | None = None
    most_items: int = MOST_ITEMS
    tells_empty: bool = False
    gets_originals: bool = False

    @property
    def is_served(self) -> bool:
        """Whether referrals are owed to it."""
        return self.state in SERVED


SERVED = frozenset({RecipientState.LIVE, RecipientState.TEST})
