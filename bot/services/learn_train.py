"""Trains a candidate in a process of its own, and has it meet the champion.

A training is a row; what it writes lies in one folder that is removed whatever happens. A process
that was killed leaves a row that says `running` and that folder: both are found and put right by
the next one.
"""

import asyncio
import logging
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime

from bot.domain.learning import (
    MOST_ATTEMPTS,
    Comparison,
    LearntRow,
    Lesson,
    Problem,
    Training,
    TrainingState,
)
from bot.domain.people import Role
from bot.ports import Attachment, Clock, Letter
from bot.render.comparison import comparison_letter, comparison_picture, problem_text
from bot.services.learn_champion import Champion
from bot.services.learn_compare import compare, contest_scores, frozen_rows, frozen_scores
from bot.services.learn_process import Job, TrainingFailed, train_apart
from bot.services.learn_rows import lesson, text_key, write_rows
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from classifiers import ClassifierError, Model, load, models
from classifiers.seed import is_of_seed_alone, seed_rows

_log = logging.getLogger(__name__)
_NEVER = datetime.min.replace(tzinfo=UTC)


class Train:
    """limit: highest share of a benign purpose that a candidate may flag, 0..1."""

    def __init__(self, database: Database, clock: Clock, champion: Champion, limit: float) -> None:
        self._database = database
        self._clock = clock
        self._champion = champion
        self._limit = limit
        self._folder = champion.directory / "training"

    def sweep(self) -> None:
        """Removes what a killed training left behind. Not while one is running."""
        if self._folder.exists():
            shutil.rmtree(self._folder, ignore_errors=True)

    async def waits(self) -> bool:
        """Whether a training is owed, or was interrupted."""
        async with self._database.look() as work:
            return bool(await work.learning.in_state(TrainingState.OWED, TrainingState.RUNNING))

    async def run(self) -> None:
        """Carries out the oldest training that is owed or was interrupted."""
        training = await self._begin()
        if training is None:
            return
        async with self._database.look() as work:
            rows = await work.learning.rows(training.taught_at)
        taught = await asyncio.to_thread(lesson_of, rows)
        if taught.problem is not None:
            await self._fail(training, taught.problem, taught)
            return
        job = Job(self._folder / secrets.token_hex(8))
        try:
            await self._train_and_compare(training, taught, job)
        except (TrainingFailed, ClassifierError) as problem:
            _log.error("training %s gave no candidate: %s", training.id, problem)
            await self._fail(training, Problem.TRAINING, taught)
        finally:
            shutil.rmtree(job.folder, ignore_errors=True)

    async def _begin(self) -> Training | None:
        """Marks a training as running, or gives it up after three attempts."""
        async with self._database.work() as work:
            await work.audit.hold()
            waiting = await work.learning.in_state(TrainingState.OWED, TrainingState.RUNNING)
            if not waiting:
                return None
            training = waiting[0]
            if training.attempts < MOST_ATTEMPTS:
                attempts, now = training.attempts + 1, self._clock.now()
                await work.learning.move(
                    training.id, TrainingState.RUNNING, attempts=attempts, taught_at=now
                )
                await work.commit()
                return replace(training, attempts=attempts, taught_at=now)
        await self._fail(training, Problem.INTERRUPTED, Lesson(()))
        return None

    async def _train_and_compare(self, training: Training, taught: Lesson, job: Job) -> None:
        champion = await self._champion.current()
        known, fresh = _split(taught.rows, await self._learnt_until(champion))
        await asyncio.to_thread(_set_out, job, known, fresh, champion)
        await train_apart(job)
        candidate = await asyncio.to_thread(load, job.candidate)
        comparison = await asyncio.to_thread(_met, candidate, champion, job, self._limit)
        if not comparison.objections and candidate.version != champion.version:
            await asyncio.to_thread(models.keep, self._champion.directory, job.candidate)
        await self._compared(training, taught, comparison)

    async def _learnt_until(self, champion: Model) -> datetime | None:
        """Until when decisions taught the champion; None where that is not known."""
        if is_of_seed_alone(champion):
            return _NEVER
        async with self._database.look() as work:
            return await work.learning.taught_at(champion.version)

    async def _compared(self, training: Training, taught: Lesson, comparison: Comparison) -> None:
        """Keeps the comparison and owes it to the admins; an earlier one that waits is over."""
        is_open = not comparison.objections and comparison.candidate != comparison.champion
        state = TrainingState.COMPARED if is_open else TrainingState.KEPT
        now = self._clock.now()
        letters = await self._letters(training, taught, comparison, is_open=is_open)
        async with self._database.work() as work:
            await work.audit.hold()
            waiting = await work.learning.in_state(TrainingState.COMPARED) if is_open else []
            for earlier in waiting:
                await work.learning.move(earlier.id, TrainingState.KEPT, ended_at=now)
            await work.learning.move(
                training.id,
                state,
                candidate=comparison.candidate,
                champion=comparison.champion,
                figures=asdict(comparison) | {"rows": len(taught.rows)},
                ended_at=None if is_open else now,
            )
            await work.audit.write(
                "candidate compared",
                f"training {training.id}",
                now,
                training.asked_by,
                {
                    "candidate": comparison.candidate,
                    "champion": comparison.champion,
                    "rows": len(taught.rows),
                    "objections": ",".join(comparison.objections),
                },
            )
            for admin in await work.people.holding(Role.ADMIN):
                letter = letters.get(admin.language) or next(iter(letters.values()))
                await work.outbox.owe_notice(admin.telegram_id, letter, now)
            await work.commit()
        for earlier in waiting:
            if earlier.candidate and earlier.candidate != comparison.candidate:
                await asyncio.to_thread(models.discard, self._champion.directory, earlier.candidate)

    async def _letters(
        self, training: Training, taught: Lesson, comparison: Comparison, *, is_open: bool
    ) -> dict[str, Letter]:
        """The comparison in every language that an admin reads."""
        async with self._database.look() as work:
            admins = await work.people.holding(Role.ADMIN)
        letters = dict[str, Letter]()
        for language in {"en", *(admin.language for admin in admins)}:
            picture = await asyncio.to_thread(comparison_picture, comparison, language)
            letters[language] = comparison_letter(
                comparison,
                taught,
                training.id if is_open else None,
                Attachment("comparison.png", picture),
                language,
            )
        return letters

    async def _fail(self, training: Training, problem: Problem, taught: Lesson) -> None:
        """Ends a training that gave no candidate: a sentence to the admins, the champion stays."""
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            await work.learning.move(
                training.id, TrainingState.FAILED, problem=problem, ended_at=now
            )
            await work.audit.write(
                "training failed",
                f"training {training.id}",
                now,
                training.asked_by,
                {"problem": problem, "rows": len(taught.rows)},
            )
            await _tell(work, problem, taught, self._clock)
            await work.commit()


async def _tell(work: UnitOfWork, problem: Problem, taught: Lesson, clock: Clock) -> None:
    for admin in await work.people.holding(Role.ADMIN):
        letter = Letter(problem_text(problem, taught, admin.language))
        await work.outbox.owe_notice(admin.telegram_id, letter, clock.now())


def lesson_of(rows: Sequence[LearntRow]) -> Lesson:
    """What these rows teach beside the seed corpus, without the frozen set."""
    reserved = {text_key(row.text) for row in frozen_rows()}
    known = {text_key(row.text): row.label == 1 for row in seed_rows()}
    return lesson(rows, reserved, known)


def _met(candidate: Model, champion: Model, job: Job, limit: float) -> Comparison:
    """Raises TrainingFailed where the process left no scores."""
    try:
        folds = contest_scores(job.contest)
    except ValueError as error:
        raise TrainingFailed(str(error)) from error
    return compare(candidate, champion, frozen_scores(candidate, champion), folds, limit)


def _split(
    rows: Sequence[LearntRow], until: datetime | None
) -> tuple[list[LearntRow], list[LearntRow]]:
    """Rows decided by then (all of them where that is not known), and the later ones."""
    known, fresh = list[LearntRow](), list[LearntRow]()
    for row in rows:
        (known if until is None or row.first_decided_at <= until else fresh).append(row)
    return known, fresh


def _set_out(
    job: Job, known: Sequence[LearntRow], fresh: Sequence[LearntRow], champion: Model
) -> None:
    job.folder.mkdir(parents=True, mode=0o700)
    for path, rows in ((job.known, known), (job.fresh, fresh)):
        if rows:
            write_rows(path, rows)
    champion.save(job.champion)
