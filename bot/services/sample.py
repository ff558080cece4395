"""Has people look at a few posts a day that no model flagged, so that misses can be counted.

A drawn post joins the queue as a card like any other, at a random time of its day: whoever gets it
is not told. Both steps are driven by rows and happen once, whenever they are tried again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random, SystemRandom
from zoneinfo import ZoneInfo

from bot.domain.language import language_told
from bot.domain.quality import Drawn, expected_draws, whole_draws
from bot.ports import Classifier, Clock
from bot.services.deal import Deal
from bot.services.open_card import Opening, open_card
from bot.storage.database import Database
from bot.storage.near_duplicates import fingerprint
from bot.storage.samples import Waiting
from bot.storage.unit_of_work import UnitOfWork

_BATCH = 20


class Sample:
    """size: posts a day, 0 for none. timezone: whose midnight begins a day."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        classifier: Classifier,
        deal: Deal,
        *,
        size: int,
        timezone: str,
        random: Random | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._classifier = classifier
        self._deal = deal
        self._size = size
        self._zone = ZoneInfo(timezone)
        self._random = random or SystemRandom()

    async def daily(self) -> None:
        """Draws today's sample if it is not drawn, and lets those join whose time has come."""
        if self._size:
            await self.draw()
        await self.join()

    async def draw(self) -> int:
        """Draws from what was judged since the last draw, once a day; how many were drawn."""
        now = self._clock.now()
        day = now.astimezone(self._zone).date()
        async with self._database.look() as work:
            if await work.samples.is_drawn(day):
                return 0
        async with self._database.work() as work:
            await work.audit.hold()
            if await work.samples.is_drawn(day):
                return 0
            window = await work.samples.window()
            counts = await work.samples.count(window)
            drawn = await self._draw(work, window, counts)
            await work.samples.keep_day(day, now, window[1], sum(counts), len(drawn))
            times = self._times(now, len(drawn))
            await work.samples.keep(day, list(zip(drawn, times, strict=True)))
            await work.audit.write(
                "sample drawn",
                f"day {day}",
                now,
                details={"posts": sum(counts), "drawn": len(drawn)},
            )
            await work.commit()
        return len(drawn)

    async def _draw(
        self, work: UnitOfWork, window: tuple[int, int], counts: Sequence[int]
    ) -> list[Drawn]:
        """In random order, so that the order in the queue tells nothing of the score."""
        expected = expected_draws(counts, self._size)
        drawn = list[Drawn]()
        for stratum, number in enumerate(whole_draws(expected, self._random.random())):
            if number:
                places = self._random.sample(range(counts[stratum]), number)
                chance = min(1.0, expected[stratum] / counts[stratum])
                drawn += await work.samples.pick(window, stratum, places, chance)
        self._random.shuffle(drawn)
        return drawn

    def _times(self, now: datetime, number: int) -> list[datetime]:
        """Moments between now and the end of the day: a block at midnight would tell."""
        local = now.astimezone(self._zone)
        midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        left = max(midnight - local, timedelta(0))
        return [now + left * self._random.random() for _ in range(number)]

    async def join(self) -> int:
        """Opens cards for drawn posts whose time has come; how many."""
        now, opened = self._clock.now(), 0
        async with self._database.look() as work:
            due = await work.samples.due(now, _BATCH)
        if not due:
            return 0
        reasons = await self._reasons(due)
        async with self._database.work() as work:
            await work.audit.hold()
            for waiting in await work.samples.due(now, _BATCH):
                if waiting.id in reasons:  # it was due when the model was asked
                    opened += await self._join(work, waiting, reasons[waiting.id], now)
            if opened:
                await self._deal.to_empty_desks(work)
            await work.commit()
        return opened

    async def _reasons(self, due: Sequence[Waiting]) -> dict[int, list[tuple[str, float]]]:
        """Why each was scored so, by the sample's number; none where another model scored it."""
        predictions = await self._classifier.predict([waiting.text for waiting in due])
        return {
            waiting.id: [(reason.words, reason.weight) for reason in prediction.reasons]
            if prediction.model_version == waiting.model_version
            else []
            for waiting, prediction in zip(due, predictions, strict=True)
        }

    async def _join(
        self, work: UnitOfWork, waiting: Waiting, reasons: list[tuple[str, float]], now: datetime
    ) -> bool:
        """Whether a card was opened: not for words that changed or have a card by now."""
        if not waiting.is_free:
            await work.samples.joined(waiting.id, None, now)
            return False
        opening = Opening(
            post_id=waiting.post_id,
            revision_id=waiting.revision_id,
            print_=fingerprint(waiting.text),
            score=waiting.score,
            model_version=waiting.model_version,
            language=language_told(waiting.text),
            sample=waiting.id,
        )
        card_id = await open_card(work, opening, now, self._deal.rules.targets)
        await work.samples.explain(waiting, reasons)
        await work.samples.joined(waiting.id, card_id, now)
        return True
