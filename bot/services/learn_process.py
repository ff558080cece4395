"""The process that trains: what it finds in its folder, how it is run, how it is ended."""

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import classifiers
from classifiers.seed import SEED_GOAL

_LONGEST = 3600.0  # seconds; a training of the seed corpus takes a few
_LONGEST_SENTENCE = 500
_PASSED_ON = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR")


class TrainingFailed(Exception):
    """The training process ended without a model; the message is its last sentence."""


@dataclass(frozen=True)
class Job:
    """A training's own folder, and where things lie in it.

    known, fresh: tables of decisions, those that the champion learnt from and the others; a table
    without rows is not written. champion: the model in use. candidate, contest: what is made.
    """

    folder: Path

    @property
    def known(self) -> Path:
        return self.folder / "known.csv"

    @property
    def fresh(self) -> Path:
        return self.folder / "fresh.csv"

    @property
    def champion(self) -> Path:
        return self.folder / "champion"

    @property
    def candidate(self) -> Path:
        return self.folder / "candidate"

    @property
    def contest(self) -> Path:
        return self.folder / "contest.json"


async def train_apart(job: Job) -> None:
    """Runs `python -m classifiers train` on the seed corpus and the rows, beside the champion.

    Raises TrainingFailed with what the process said. It is ended when this is cancelled.
    """
    command = [sys.executable, "-m", "classifiers", "train", "--seed", *_options(job)]
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


def _options(job: Job) -> list[str]:
    options = ["--out", job.candidate, "--max-benign-rate", SEED_GOAL.benign_rate]
    options += ["--champion", job.champion, "--contest", job.contest]
    for path in filter(Path.exists, (job.known, job.fresh)):
        options += ["--data", path]
    if job.known.exists():
        options += ["--champion-learnt", job.known]
    return list(map(str, options))


def _environment() -> dict[str, str]:
    """This process's, so that the same package is found, without its secrets, on one core."""
    package = str(Path(classifiers.__file__).parents[1])
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return kept | {"PYTHONPATH": package, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
