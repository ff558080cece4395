"""Accounts for what the desk got done: flagged, decided, how fast, how much in agreement."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.domain.case import CaseState
from bot.domain.stats import Span, Stats, Step, by_age, percentile
from bot.ports import Clock
from bot.storage.database import Database

_CONFIRMED = (CaseState.CONFIRMED, CaseState.REFERRED, CaseState.KEPT)


class Account:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, span: Span) -> Stats:
        """The figures of the span that ends now."""
        now = self._clock.now()
        since = now - span.length
        async with self._database.look() as work:
            flagged = await work.stats.flagged_since(since)
            decided = await work.stats.decided_since(since)
            opened = await work.stats.opened()
            looks = await work.stats.looks_since(since)
        waits = [closed - card_opened for card_opened, closed, _ in decided]
        compared = [choices for choices in looks.values() if len(choices) > 1]
        return Stats(
            span=span,
            steps=_steps(span, since, flagged, [(closed, state) for _, closed, state in decided]),
            median=percentile(waits, 0.5),
            slowest=percentile(waits, 0.95),
            open_by_age=by_age(opened, now),
            compared=len(compared),
            agreed=sum(first is second for first, second, *_ in compared),
        )


def _steps(
    span: Span,
    since: datetime,
    flagged: Sequence[datetime],
    decided: Sequence[tuple[datetime, CaseState]],
) -> tuple[Step, ...]:
    def place(moment: datetime) -> int:
        # What happens at this very moment belongs to the last step.
        return min((moment - since) // span.step, count - 1)

    count = span.length // span.step
    raised = Counter(place(moment) for moment in flagged)
    closed = Counter(place(moment) for moment, _ in decided)
    confirmed = Counter(place(moment) for moment, state in decided if state in _CONFIRMED)
    return tuple(
        Step(since + number * span.step, raised[number], closed[number], confirmed[number])
        for number in range(count)
    )
