"""A recipient's month: its own digests, what became of their items, how long it took."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.codes import HarmCode
from bot.domain.receipt import ReplyCode
from bot.domain.reversal import Restored

_WRITTEN = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Month:
    """since, until: its moments in the recipient's time zone; until is not part of it."""

    year: int
    month: int
    since: datetime
    until: datetime

    @property
    def name(self) -> str:
        return f"{self.year}-{self.month:02}"


def month_named(words: str, now: datetime, timezone: str) -> Month | None:
    """`month` or nothing is the one that runs now, `2026-03` that one; None for anything else."""
    local = now.astimezone(ZoneInfo(timezone))
    if words in ("", "month", "bulan"):
        year, month = local.year, local.month
    elif found := _WRITTEN.fullmatch(words):
        year, month = int(found[1]), int(found[2])
    else:
        return None
    since = datetime(year, month, 1, tzinfo=ZoneInfo(timezone))
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    until = datetime(*following, 1, tzinfo=ZoneInfo(timezone))
    return Month(year, month, since, until) if since <= local else None


@dataclass(frozen=True)
class MonthDigest:
    """A digest that arrived in the month. answered: items of it with an answer by now."""

    number: int
    is_at_once: bool
    delivered_at: datetime
    received_at: datetime | None
    items: int
    answered: int


@dataclass(frozen=True)
class MonthCorrection:
    """A correction that was owed in the month. referral: the item's number."""

    number: int
    referral: int
    digest: int
    owed_at: datetime
    sent_at: datetime | None
    outcome: Restored | None


@dataclass(frozen=True)
class MonthReport:
    """answer_times: of items that have an answer, from delivery to the answer that stands."""

    recipient: str
    month: Month
    made_at: datetime
    digests: Sequence[MonthDigest]
    codes: Mapping[HarmCode, int]
    answers: Mapping[ReplyCode, int]
    answer_times: Sequence[timedelta]
    corrections: Sequence[MonthCorrection]

    @property
    def is_so_far(self) -> bool:
        """Whether the month was still running when the report was made."""
        return self.made_at < self.month.until

    @property
    def items(self) -> int:
        return sum(one.items for one in self.digests)

    @property
    def answered(self) -> int:
        return sum(self.answers.values())

    @property
    def time_to_receive(self) -> timedelta | None:
        """The median from delivery to Received; None where nothing was acknowledged."""
        times = [
            one.received_at - one.delivered_at
            for one in self.digests
            if one.received_at is not None
        ]
        return _middle(times)

    @property
    def time_to_answer(self) -> timedelta | None:
        """The median from delivery to the answer that stands; None where there is none."""
        return _middle(self.answer_times)


def _middle(times: Sequence[timedelta]) -> timedelta | None:
    """The median, of an even number the lower one of the two: a time that there was."""
    return sorted(times)[(len(times) - 1) // 2] if times else None
