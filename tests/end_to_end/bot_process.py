"""The bot as a process of its own, for tests that kill it: a nursery from which bots are forked.

`python -m tests.end_to_end.bot_process` has everything imported and reads orders from standard
input, one JSON object a line: `env` for a new bot, and `log`, the file for its standard error. It
answers each with the process id. A new interpreter would need two seconds for each start.

In `env` stand the bot's settings as usual; CLOCK_FILE holds how many seconds the clock is ahead,
HOLD_FILE stops the classifier while it is there; PARTS names what runs, everything when empty: a
bot of which only the receiver runs is one that died just after the inbox. KILL_AT=n kills the bot
at its n-th boundary from the start: before and after each commit, and each request to the preview.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot import compose
from bot.cli.logs import start_log
from bot.settings import read_settings
from bot.sources.preview.fetch import Fetch
from bot.storage.unit_of_work import UnitOfWork
from sandbox.app.clock import MovedClock
from tests.end_to_end.scripted import ScriptedClassifier
from tests.factories import bundled


def nursery() -> None:
    """Forks a bot for each order until its input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried by the system
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            live(order["env"], order["log"])
        print(child, flush=True)


def live(env: dict[str, str], log: str) -> None:
    """The life of one bot; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(env)
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 2)
    os.chdir(Path(log).parent)  # where no developer's .env is
    os.close(0)
    os.close(1)
    try:
        asyncio.run(run())
    finally:
        problem = sys.exc_info()[1]
        if problem is not None:
            traceback.print_exception(problem)
        os._exit(1 if problem else 0)  # what follows belongs to the nursery


class Boundaries:
    """Counts the boundaries of a life, and ends it at one of them with SIGKILL."""

    def __init__(self, last: int) -> None:
        self._left = last

    def cross(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, act: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def bounded(*args: Any, **more: Any) -> Any:
            self.cross()
            try:
                return await act(*args, **more)
            finally:
                self.cross()

        return bounded


async def run() -> None:
    settings = read_settings()
    if "KILL_AT" in os.environ:
        boundaries = Boundaries(int(os.environ["KILL_AT"]))
        UnitOfWork.commit = boundaries.around(UnitOfWork.commit)  # type: ignore[method-assign]
        Fetch.text = boundaries.around(Fetch.text)  # type: ignore[method-assign, assignment]
    start_log(settings.log_level)
    running = await compose.running(
        settings,
        clock=MovedClock(Path(os.environ["CLOCK_FILE"])),
        classifier=ScriptedClassifier(Path(os.environ["HOLD_FILE"])),
        bundle=bundled,
    )
    wanted = [name for name in os.environ["PARTS"].split(",") if name]
    if not wanted:
        await running.run()
    await asyncio.gather(*(getattr(running, name).run() for name in wanted))


if __name__ == "__main__":
    nursery()
