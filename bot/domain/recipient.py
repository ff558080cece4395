"""Who gets digests: a profile for each regulator's contact, and what it asks of a referral."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.codes import FORWARDABLE, HarmCode

MOST_ITEMS = 100  # in one digest; what is left goes into the next number


class RecipientState(StrEnum):
    """Pending: joined, and no admin has confirmed it yet. Test: gets digests that say so.

    Contact: somebody's second contact, who gets no digests. Closed: a group that an admin took off.
    """

    PENDING = "pending"
    TEST = "test"
    LIVE = "live"
    CONTACT = "contact"
    CLOSED = "closed"


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
    forwards: the original messages come after the digest, where the bot may forward them.
    person_id: whose private chat it is; None for a group, whose title then is `group_title`.
    away_since: since when the bot is not in that group; what is owed waits meanwhile.
    """

    id: int
    person_id: int | None
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
    forwards: bool = False
    group_title: str | None = None
    away_since: datetime | None = None

    @property
    def is_group(self) -> bool:
        return self.group_title is not None

    @property
    def is_served(self) -> bool:
        """Whether referrals are owed to it."""
        return self.state in SERVED


SERVED = frozenset({RecipientState.LIVE, RecipientState.TEST})


class Change(StrEnum):
    """What an admin's button under a profile does."""

    OPEN = "open"
    STATE = "state"
    LIST = "list"
    CODE = "code"
    STOP = "stop"
    NEED = "need"
    EMPTY = "empty"
    FORWARD = "forward"
    SECOND = "second"
    AGAIN = "again"
    CLOSE = "close"


class Typed(StrEnum):
    """What an admin types into a profile: `/recipients 3 name Directorate`."""

    NAME = "name"
    LANGUAGE = "language"
    ZONE = "zone"
    TIME = "time"
    MOST = "most"


_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_DAILY = re.compile(r"([0-9]{1,2}) ([0-9]{1,2}) \* \* \*")


def timetable(words: str) -> str:
    """A crontab line: of a clock time, as in "07:30", every day; anything else as it is written."""
    found = _CLOCK.fullmatch(words.strip())
    return f"{int(found[2])} {int(found[1])} * * *" if found else words


def daily_clock(crontab: str) -> str | None:
    """The clock time of a timetable that rings once every day; None for any other."""
    found = _DAILY.fullmatch(" ".join(crontab.split()))
    return f"{int(found[2]):02}:{int(found[1]):02}" if found else None


_PRESS = re.compile(r"recipient:(\d{1,18}):([a-z]{1,8})(?::([A-Za-z_0-9]{1,18}))?")


@dataclass(frozen=True)
class RecipientPress:
    """value: the new state, the code or requirement to turn, a person's or a digest's number."""

    recipient_id: int
    change: Change
    value: str = ""

    def pack(self) -> str:
        packed = f"recipient:{self.recipient_id}:{self.change}"
        return f"{packed}:{self.value}" if self.value else packed


def unpack_recipient(data: str) -> RecipientPress | None:
    found = _PRESS.fullmatch(data)
    if not found or found[2] not in set(Change):
        return None
    return RecipientPress(int(found[1]), Change(found[2]), found[3] or "")


def asks_first(profile: Recipient, code: HarmCode) -> bool:
    """Whether one more press would stop what must not be stopped by a slip."""
    return code is HarmCode.THREAT and code in profile.at_once


def turned(profile: Recipient, code: HarmCode) -> tuple[frozenset[HarmCode], frozenset[HarmCode]]:
    """The codes taken and those sent at once, after one more press: no, yes, at once, no."""
    if code not in profile.codes:
        return profile.codes | {code}, profile.at_once
    if code not in profile.at_once:
        return profile.codes, profile.at_once | {code}
    return profile.codes - {code}, profile.at_once - {code}
