"""Trains a candidate in a process of its own, and has it meet the champion.

A training is a row; what it writes lies in one folder that is removed whatever happens. A process
that was killed leaves a row that says `running` and that folder: both are found and put right by
the next one.
"""

import asyncio
import logging
import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import classifiers
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
from bot.services.learn_compare import compare, frozen_rows
from bot.services.learn_rows import lesson, text_key, write_rows
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from classifiers import load, models
from classifiers.seed import SEED_GOAL, seed_rows

_log = logging.getLogger(__name__)
_LONGEST = 3600.0  # seconds; a training of the seed corpus takes a few
_LONGEST_SENTENCE = 500
_PASSED_ON = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR")


class TrainingFailed(Exception):
    """The training process ended without a model; the message is its last sentence."""


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
            rows = await work.learning.rows()
        taught = await asyncio.to_thread(lesson_of, rows)
        if taught.problem is not None:
            await self._fail(training, taught.problem, taught)
            return
        folder = self._folder / secrets.token_hex(8)
        try:
            await self._train_and_compare(training, taught, folder)
        except (TrainingFailed, classifiers.ClassifierError) as problem:
            _log.error("training %s gave no candidate: %s", training.id, problem)
            await self._fail(training, Problem.TRAINING, taught)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _begin(self) -> Training | None:
        """Marks a training as running, or gives it up after three attempts."""
        async with self._database.work() as work:
            await work.audit.hold()
            waiting = await work.learning.in_state(TrainingState.OWED, TrainingState.RUNNING)
            if not waiting:
                return None
            training = waiting[0]
            if training.attempts < MOST_ATTEMPTS:
                await work.learning.move(
                    training.id, TrainingState.RUNNING, attempts=training.attempts + 1
                )
                await work.commit()
                return training
        await self._fail(training, Problem.INTERRUPTED, Lesson(()))
        return None

    async def _train_and_compare(self, training: Training, taught: Lesson, folder: Path) -> None:
        await asyncio.to_thread(_set_out, folder, taught)
        await train_apart(folder / "rows.csv", folder / "candidate")
        candidate = await asyncio.to_thread(load, folder / "candidate")
        champion = await self._champion.current()
        comparison = await asyncio.to_thread(compare, candidate, champion, self._limit)
        if not comparison.objections and candidate.version != champion.version:
            await asyncio.to_thread(models.keep, self._champion.directory, folder / "candidate")
        await self._compared(training, taught, comparison)

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


def _set_out(folder: Path, taught: Lesson) -> None:
    folder.mkdir(parents=True, mode=0o700)
    write_rows(folder / "rows.csv", taught.rows)


async def train_apart(rows: Path, out: Path) -> None:
    """Runs `python -m classifiers train` on the seed corpus and the rows.

    Raises TrainingFailed with what the process said. It is ended when this is cancelled.
    """
    command = [sys.executable, "-m", "classifiers", "train", "--seed", "--data", str(rows)]
    command += ["--out", str(out), "--max-benign-rate", str(SEED_GOAL.benign_rate)]
    if nice := shutil.which("nice"):
        command = [nice, "-n", "10", *command]  # people wait for the bot, nobody for this
    process = await asyncio.create_subprocess_exec(
        *command,
        env=_environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_LONGEST):
            _, said = await process.communicate()
    except TimeoutError as error:
        raise TrainingFailed(f"It took longer than {_LONGEST:.0f} s.") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        sentences = said.decode(errors="replace").strip().splitlines() or ["It said nothing."]
        raise TrainingFailed(sentences[-1][:_LONGEST_SENTENCE])


def _environment() -> dict[str, str]:
    """This process's, so that the same package is found, without its secrets, on one core."""
    package = str(Path(classifiers.__file__).parents[1])
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return kept | {"PYTHONPATH": package, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
