"""The bot's process, seen from the sandbox: started, killed for good, started again."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

_ROOT = Path(__file__).parents[2]
# What a process needs of its surroundings. No setting of the operator's is among them.
_KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SYSTEMROOT", "OMP_NUM_THREADS")


class Step(StrEnum):
    """How far the bot has come."""

    DOWN = "down"
    STARTING = "starting"
    MIGRATING = "migrating"
    TRAINING = "training"
    JOINING = "joining"
    RUNNING = "running"


class Life:
    """folder: the bot's working directory, with its log. on_step: called at each step."""

    def __init__(
        self, folder: Path, settings: dict[str, str], on_step: Callable[[Step], None]
    ) -> None:
        self.step = Step.DOWN
        self.starts = 0
        self.has_failed = False  # ended by itself, which it never should
        self._folder = folder
        self._settings = settings
        self._on_step = on_step
        self._process: asyncio.subprocess.Process | None = None
        self._following: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def log(self) -> str:
        """The last of what the bot's processes wrote to standard error."""
        file = self._folder / "bot.log"
        return file.read_text(errors="replace")[-4000:] if file.exists() else ""

    async def start(self) -> None:
        """Starts the process; `running` is told by whoever sees it poll."""
        self.has_failed = False
        self._to(Step.STARTING)
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
        with (self._folder / "bot.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "sandbox.app.bot_process",
                cwd=self._folder,  # where no .env of a real bot lies
                env=kept
                | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "NO_PROXY": "127.0.0.1"}
                | self._settings,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        self.starts += 1
        self._following = asyncio.create_task(self._follow(self._process))

    def is_polling(self) -> None:
        """The double has seen the bot ask for updates."""
        if self.step is not Step.DOWN:
            self._to(Step.RUNNING)

    async def kill(self) -> None:
        """SIGKILL: nothing is tidied up. Returns when the process is gone."""
        process = self._process
        if process is None:
            return
        self._process = None
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if self._following is not None:
            await self._following

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            word = line.decode(errors="replace").strip()
            if word in list(Step):
                self._to(Step(word))
        await process.wait()
        self.has_failed = process is self._process
        self._to(Step.DOWN)

    def _to(self, step: Step) -> None:
        if step is not self.step:
            self.step = step
            self._on_step(step)
