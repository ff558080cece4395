"""Deals sample cards to whoever wants to practise, or has to before the first real card."""

from collections.abc import Sequence

from bot.domain.people import Person
from bot.domain.practice import Answered, Exercise, Played, Sample, exercise
from bot.ports import Clock
from bot.services.deal import Deal
from bot.storage.database import Database

_FOR_PLEASURE = 20  # where practice is switched off, it can be played all the same


class Practise:
    """samples: in every language, half of them benign."""

    def __init__(
        self, database: Database, clock: Clock, deal: Deal, samples: Sequence[Sample]
    ) -> None:
        self._database = database
        self._clock = clock
        self._wanted = deal.rules.practice or _FOR_PLEASURE
        self._samples = samples

    async def stand(self, person: Person) -> Exercise:
        """Where the person stands."""
        async with self._database.look() as work:
            played = await work.practice.played(person.id)
        return exercise(self._of(person), played, person.id, self._wanted)

    async def answer(self, person: Person, sample_id: str, *, is_propaganda: bool) -> Answered:
        """Keeps an answer, and deals the next sample. The same press again counts once more."""
        sample = next((one for one in self._samples if one.id == sample_id), None)
        if sample is None:
            return Answered(None, False, await self.stand(person))
        is_right = sample.is_propaganda is is_propaganda
        async with self._database.work() as work:
            await work.practice.keep(person.id, Played(sample.id, is_right), self._clock.now())
            played = await work.practice.played(person.id)
            await work.commit()
        next_one = exercise(self._of(person), played, person.id, self._wanted)
        return Answered(sample, is_right, next_one)

    def _of(self, person: Person) -> list[Sample]:
        return [sample for sample in self._samples if sample.language == person.language]
