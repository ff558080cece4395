"""Promotes a candidate when admins say so: two of them, where there are two or more."""

import asyncio
import logging

from bot.domain.learning import Answer, LearningPress, Training, TrainingState, Voted
from bot.domain.people import Person, Role
from bot.ports import Clock
from bot.services.learn_champion import Champion
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from classifiers import ModelError, models

_log = logging.getLogger(__name__)


class Promote:
    def __init__(self, database: Database, clock: Clock, champion: Champion) -> None:
        self._database = database
        self._clock = clock
        self._champion = champion

    async def vote(self, admin: Person, press: LearningPress) -> Voted:
        """Takes an admin's answer. One who wants to keep the champion is enough for that."""
        async with self._database.work() as work:
            await work.audit.hold()
            training = await work.learning.training(press.training_id)
            if training is None or training.state is not TrainingState.COMPARED:
                return Voted.CLOSED
            if press.answer is Answer.KEEP:
                voted = await self._keep(work, training, admin)
            else:
                voted = await self._agree(work, training, admin)
            await work.commit()
        if voted is Voted.PROMOTED:
            await self.settle()
        return voted

    async def _keep(self, work: UnitOfWork, training: Training, admin: Person) -> Voted:
        now = self._clock.now()
        await work.learning.vote(training.id, admin.id, Answer.KEEP, now)
        await work.learning.move(training.id, TrainingState.KEPT, ended_at=now)
        await self._audit(work, "champion kept", training, admin.id)
        await tell_admins(
            work, self._clock, "told-champion-kept", name=admin.name, model=training.champion
        )
        return Voted.KEPT

    async def _agree(self, work: UnitOfWork, training: Training, admin: Person) -> Voted:
        now = self._clock.now()
        if await work.learning.vote(training.id, admin.id, Answer.PROMOTE, now):
            await self._audit(work, "promotion wanted", training, admin.id)
        admins = {person.id for person in await work.people.holding(Role.ADMIN)}
        agreed = admins & set(await work.learning.voters(training.id, Answer.PROMOTE))
        if len(agreed) < min(2, len(admins)):
            return Voted.SECOND_NEEDED
        await work.learning.move(training.id, TrainingState.AGREED)
        return Voted.PROMOTED

    async def settle(self) -> None:
        """Does on the disk what was agreed, and takes whatever model is named there now.

        Agreed is a row, so a crash in between only means that this is done by the next tick.
        """
        async with self._database.look() as work:
            agreed = await work.learning.in_state(TrainingState.AGREED)
        for training in agreed:
            await self._promote(training)
        await self._refresh()

    async def _refresh(self) -> None:
        if not await self._champion.refresh():
            return
        async with self._database.work() as work:
            await work.audit.write(
                "model in use", f"model {self._champion.version}", self._clock.now()
            )
            await work.commit()

    async def _promote(self, training: Training) -> None:
        """Unless the champion is another one than the candidate was compared with."""
        assert training.candidate is not None  # a constraint says so
        directory = self._champion.directory
        try:
            chosen = await asyncio.to_thread(models.champion_version, directory)
            if chosen != training.candidate:
                await self._refresh()
                if (await self._champion.current()).version != training.champion:
                    await self._end(training, TrainingState.KEPT, "told-champion-changed")
                    return
                await asyncio.to_thread(models.promote, directory, training.candidate)
        except ModelError as problem:
            _log.error("model %s cannot be promoted: %s", training.candidate, problem)
            await self._end(training, TrainingState.KEPT, "told-candidate-unusable")
            return
        await self._end(training, TrainingState.PROMOTED, "told-promoted")

    async def _end(self, training: Training, state: TrainingState, told: str) -> None:
        async with self._database.work() as work:
            await work.audit.hold()
            now_is = await work.learning.training(training.id)
            if now_is is None or now_is.state is not TrainingState.AGREED:
                return  # a press and the tick met; the other one was first
            await work.learning.move(training.id, state, ended_at=self._clock.now())
            await self._audit(work, f"candidate {state}", training, None)
            await tell_admins(work, self._clock, told, model=training.candidate)
            await work.commit()

    async def _audit(
        self, work: UnitOfWork, event: str, training: Training, actor: int | None
    ) -> None:
        await work.audit.write(
            event,
            f"training {training.id}",
            self._clock.now(),
            actor,
            {"candidate": training.candidate, "champion": training.champion},
        )
