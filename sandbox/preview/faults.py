"""The bad days of the preview: scripted, by a budget, or by chance.

A scripted fault answers the next requests that it fits, in the order of scripting; then the budget
is asked, then chance.
"""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum

RetryAfter = str | timedelta | datetime | None


class Fault(StrEnum):
    """What comes instead of the page.

    EMPTY: "no posts found", though there are some. STALE: the page of an earlier moment.
    FRONT_PAGE: the home page with status 200. BROKEN_BLOCK: the newest message without its date.
    DRIFT: the page with other class names. CUT_OFF: HTML that ends in its middle, sent whole.
    RESET: the connection ends in the middle of the body. HANGING: no answer at all. The last two
    need a real connection.
    """

    THROTTLED = "throttled"
    REFUSED = "refused"
    CHALLENGE = "challenge"
    SERVER_ERROR = "server_error"
    EMPTY = "empty"
    STALE = "stale"
    FRONT_PAGE = "front_page"
    BROKEN_BLOCK = "broken_block"
    DRIFT = "drift"
    CUT_OFF = "cut_off"
    RESET = "reset"
    HANGING = "hanging"
    GARBLED = "garbled"
    TOO_LARGE = "too_large"
    REDIRECT_LOOP = "redirect_loop"
    FOREIGN_REDIRECT = "foreign_redirect"


@dataclass
class Scripted:
    """name: only for requests about this name. times: how many more requests it answers."""

    fault: Fault
    times: int = 1
    name: str | None = None
    retry_after: RetryAfter = None
    age: timedelta = timedelta(hours=1)

    def fits(self, name: str) -> bool:
        return self.name is None or self.name.lower() == name.lower()


@dataclass
class _Budget:
    requests: int
    per: timedelta
    retry_after: RetryAfter


class Faults:
    def __init__(self) -> None:
        self._scripted: list[Scripted] = []
        self._budget: _Budget | None = None
        self._spent: deque[datetime] = deque()
        self._chance: tuple[float, Sequence[Scripted], random.Random] | None = None

    def script(
        self,
        fault: Fault,
        *,
        times: int = 1,
        name: str | None = None,
        retry_after: RetryAfter = None,
        age: timedelta = timedelta(hours=1),
    ) -> None:
        """Answer the next requests with a fault.

        retry_after: with THROTTLED and SERVER_ERROR; seconds as text or timedelta, a date, or none.
        age: how old a STALE page is.
        """
        self._scripted.append(Scripted(fault, times, name, retry_after, age))

    def limit(self, requests: int, per: timedelta, retry_after: RetryAfter = "60") -> None:
        """Answer 429 to what goes beyond so many requests in any such time of the virtual clock."""
        self._budget = _Budget(requests, per, retry_after)

    def sometimes(self, share: float, faults: Sequence[Fault], seed: int = 0) -> None:
        """Answer this share of requests, 0 to 1, with one of the faults, by a seeded chance."""
        kinds = [Scripted(fault, retry_after="120") for fault in faults]
        self._chance = (share, kinds, random.Random(seed))  # noqa: S311 - no secret

    def clear(self) -> None:
        """Good days from now on."""
        self._scripted.clear()
        self._budget = self._chance = None

    def due(self, name: str, now: datetime) -> Scripted | None:
        """The fault that answers a request about this name; it is used up by asking."""
        for scripted in self._scripted:
            if scripted.fits(name):
                scripted.times -= 1
                if not scripted.times:
                    self._scripted.remove(scripted)
                return scripted
        return self._over_budget(now) or self._by_chance()

    def _over_budget(self, now: datetime) -> Scripted | None:
        if self._budget is None:
            return None
        while self._spent and self._spent[0] <= now - self._budget.per:
            self._spent.popleft()
        if len(self._spent) >= self._budget.requests:
            return Scripted(Fault.THROTTLED, retry_after=self._budget.retry_after)
        self._spent.append(now)
        return None

    def _by_chance(self) -> Scripted | None:
        if self._chance is None:
            return None
        share, kinds, chance = self._chance
        return chance.choice(kinds) if chance.random() < share else None


def retry_after_header(asked: RetryAfter) -> str | None:
    """The header's words for a wait or a date."""
    if isinstance(asked, timedelta):
        return str(round(asked.total_seconds()))
    if isinstance(asked, datetime):
        return format_datetime(asked, usegmt=True)
    return asked
