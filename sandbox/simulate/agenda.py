"""What is due, and doing it: in memory, with the bot's own rules."""

from array import array
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from bot.domain.cursor import Gap, turn
from bot.domain.health import Health, Host, health_after
from bot.domain.pacing import LONGEST, Stretch, stretch_for
from bot.domain.preview import PreviewAnswer
from bot.domain.watching import Errand, ErrandKind, KeptGap, Watch, unwell_after, well_after
from bot.ports import Clock
from bot.services.errands import FOR_VISITS, GAP_PATIENCE, most_pressing
from bot.services.visit import JITTER, Visited
from sandbox.simulate.town import Town


@dataclass
class Counts:
    """What happened: requests by kind, pages that fell short, gaps closed again, visits by channel.

    seen_after: for each channel, seconds from a post's publication until it was had; below 0 for
    one that was not.
    """

    requests: Counter[ErrandKind] = field(default_factory=Counter)
    troubles: int = 0
    overflows: int = 0
    closed: int = 0
    visits: Counter[int] = field(default_factory=Counter)
    seen_after: "list[array[float]]" = field(default_factory=list)


class MemoryAgenda:
    """Keeps the protocol `bot.schedule.rounds.Agenda`."""

    def __init__(self, town: Town, clock: Clock, rate: float, seed: int) -> None:
        self._town = town
        self._clock = clock
        self._for_visits = rate * FOR_VISITS
        self._chance = Random(seed)  # noqa: S311 - no secret
        self._host = Host()
        self._stretch = Stretch()
        begun = clock.now()
        self.watches = [_new(number, begun) for number in range(len(town.moments))]
        self.gaps: dict[int, KeptGap] = {}
        self._next_gap = 1
        self.counts = Counts(
            seen_after=[array("d", [-1.0]) * len(moments) for moments in town.moments]
        )

    async def host(self) -> Host:
        return self._host

    async def due(self, limit: int) -> list[Errand]:
        now = self._clock.now()
        wanted = Counter(w.wanted for w in self.watches if w.health in (Health.WELL, Health.NEW))
        self._stretch = stretch_for(wanted, self._for_visits)
        visits = [
            Errand(ErrandKind.VISIT, w.channel_id, w.channel_id, w.due_at, self._stretch(w.wanted))
            for w in self.watches
            if w.due_at <= now
        ]
        waiting = sorted((g for g in self.gaps.values() if g.due_at <= now), key=lambda g: g.due_at)
        gaps = [
            Errand(ErrandKind.FILL, gap.id, gap.channel_id, gap.due_at, GAP_PATIENCE)
            for gap in waiting[:limit]
        ]
        return most_pressing([*visits, *gaps], now, limit)

    async def do(self, errand: Errand) -> Visited:
        gap = self.gaps.get(errand.id) if errand.kind is ErrandKind.FILL else None
        if errand.kind is ErrandKind.FILL and gap is None:
            return Visited()
        now, watch = self._clock.now(), self.watches[errand.channel_id]
        before = gap.gap.hi + 1 if gap else None
        answer = self._town.page(watch.channel_id, now, before)
        self.counts.requests[errand.kind] += 1
        self._host = self._host.after(answer.reached, answer.retry_after, now)
        if answer.page is None:
            self._failed(watch, gap, answer, now)
            return Visited(answer.reached)
        turned = turn(watch.cursor, answer.page, now, watch.began_at, before)
        seconds = (now - self._town.start).total_seconds()
        moments, seen = self._town.moments[watch.channel_id], self.counts.seen_after
        for post in turned.posts:
            if seen[watch.channel_id][post.message_id - 1] < 0:
                delay = seconds - moments[post.message_id - 1]
                seen[watch.channel_id][post.message_id - 1] = delay
        changed = self._replace(watch.channel_id, turned.cursor.gaps, now)
        if gap is None:
            jitter = self._chance.uniform(1 - JITTER, 1)
            self.counts.visits[watch.channel_id] += 1
            after = well_after(watch, answer.page, turned, now, self._stretch, jitter)
        else:
            after = replace(watch, cursor=turned.cursor)
        self.watches[watch.channel_id] = after
        return Visited(answer.reached, gap_ids=tuple(changed))

    def _failed(
        self, watch: Watch, gap: KeptGap | None, answer: PreviewAnswer, now: datetime
    ) -> None:
        self.counts.troubles += 1
        if gap is not None:
            self.gaps[gap.id] = replace(gap, tries=gap.tries + 1, due_at=gap.next_try(now))
            return
        jitter = self._chance.uniform(1 - JITTER, 1)
        health = health_after(answer.reached)
        self.watches[watch.channel_id] = unwell_after(watch, health, self._host, now, jitter)

    def _replace(self, channel: int, left: tuple[Gap, ...], now: datetime) -> list[int]:
        """The gaps of a channel become these; which are new or smaller."""
        if not left and self.watches[channel].cursor is not None:
            before = self.watches[channel].cursor
            if before is not None and not before.gaps:
                return []
        old = [gap for gap in self.gaps.values() if gap.channel_id == channel]
        changed, taken = list[int](), set[int]()
        for gap in left:
            same = next((o for o in old if o.gap.lo <= gap.hi and gap.lo <= o.gap.hi), None)
            if same is None or same.id in taken:
                self.counts.overflows += 1
                same = KeptGap(self._next_gap, channel, gap, now, now)
                self._next_gap += 1
            elif same.gap == gap:
                taken.add(same.id)
                continue
            self.gaps[same.id] = replace(same, gap=gap, tries=0)
            taken.add(same.id)
            changed.append(same.id)
        for gone in old:
            if gone.id not in taken:
                del self.gaps[gone.id]
                self.counts.closed += 1
        return changed[::-1]


def _new(number: int, now: datetime) -> Watch:
    return Watch(
        channel_id=number,
        chat_id=-number - 1,
        username=f"kanal_{number}",
        title="Kanal",
        subscribers=None,
        began_at=now,
        is_reached=True,
        health=Health.NEW,
        health_since=now,
        due_at=now + timedelta(),
        wanted=LONGEST,
    )
