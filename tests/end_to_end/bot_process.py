"""The bot as a process of its own, for tests that kill it: a nursery from which bots are forked.

`python -m tests.end_to_end.bot_process` has everything imported and reads orders from standard
input, one JSON object a line: `env` for a new bot, and `log`, the file for its standard error. It
answers each with the process id. A new interpreter would need two seconds for each start.

In `env` stand the bot's settings as usual; CLOCK_FILE holds how many seconds the clock is ahead,
HOLD_FILE stops the classifier while it is there; PARTS names what runs, everything when empty: a
bot of which only the receiver runs is one that died just after the inbox.

Boundaries are before and after each commit, each request that tells Telegram something, and each
request to the preview. KILL_AT=n kills the bot at its n-th boundary from the start, KILL_AT="n of"
with a kind behind it at the n-th of that kind; KILL_AT=new before each kind of commit and after
each kind of request, once a kind and whichever life comes to it. BOUNDARIES names the file in which
lives write down the kind of each boundary that they cross.
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
from bot.chat.telegram_bot import TelegramBot
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


_SAYS = ("send", "edit", "answer", "forward", "copy")  # how a method begins that people notice


class Boundaries:
    """Counts the boundaries of a life, and ends it at one of them with SIGKILL.

    last: "" for a life that ends by itself. file: of the kinds that were crossed, one a line.
    """

    def __init__(self, last: str, file: Path | None) -> None:
        number, _, self._kind = last.partition(" of ")
        self._left = int(number) if number.isdecimal() else 0
        self._file = file
        known = file.read_text().splitlines() if file is not None and file.exists() else []
        self._known = set(known) if last == "new" else None

    def cross(self, kind: str) -> None:
        if self._file is not None:
            with self._file.open("a") as crossed:
                crossed.write(f"{kind}\n")
        self._left -= self._kind in ("", kind)
        if self._left == 0 or (self._known is not None and self._tears(kind)):
            os.kill(os.getpid(), signal.SIGKILL)

    def _tears(self, kind: str) -> bool:
        """Whether this is new and leaves behind what no neighbouring boundary does."""
        assert self._known is not None
        when, _, what = kind.partition(" ")
        return kind not in self._known and (when == "after") == what.startswith(_SAYS)

    def around(
        self, act: Callable[..., Awaitable[Any]], name: Callable[..., str]
    ) -> Callable[..., Awaitable[Any]]:
        """name: what is done, from the arguments; an empty one is no boundary."""

        async def bounded(*args: Any, **more: Any) -> Any:
            named = name(*args, **more)
            if not named:
                return await act(*args, **more)
            self.cross(f"before {named}")
            try:
                return await act(*args, **more)
            finally:
                self.cross(f"after {named}")

        return bounded


def _whose_commit(*_args: object) -> str:
    """The part of the bot that commits: the nearest function above that is not storage's."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("bot.") and not module.startswith("bot.storage."):
            return f"{module.removeprefix('bot.')}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "commit"


def _said(_bot: object, endpoint: str, *_args: object, **_more: object) -> str:
    return endpoint if endpoint.startswith(_SAYS) else ""


async def run() -> None:
    settings = read_settings()
    last, file = os.environ.get("KILL_AT", ""), os.environ.get("BOUNDARIES")
    if last or file:
        here = Boundaries(last, Path(file) if file else None)
        UnitOfWork.commit = here.around(UnitOfWork.commit, _whose_commit)  # type: ignore[method-assign]
        Fetch.text = here.around(Fetch.text, lambda *_: "preview")  # type: ignore[method-assign, assignment]
        TelegramBot._post = here.around(TelegramBot._post, _said)  # type: ignore[method-assign, assignment]
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
