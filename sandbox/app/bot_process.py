"""The bot of the sandbox as a process of its own: `python -m sandbox.app.bot_process`.

The real bot with its settings in the environment, as ever, and two things besides: CLOCK_FILE says
how far its clock is ahead, SEED_DIR keeps the model of the shipped examples between plays. It tells
on standard output how far it has come, one word a line, and ends when its standard input does:
nobody is left behind when the sandbox is killed.
"""

import asyncio
import logging
import os
import shutil
import sys
import threading
from pathlib import Path

from bot import compose
from bot.settings import Settings, read_settings
from bot.storage import schema
from classifiers import seed_model
from sandbox.app.clock import MovedClock


def main() -> None:
    threading.Thread(target=_end_with_the_sandbox, daemon=True).start()
    settings = read_settings()
    _start_log(settings.log_level)
    _tell("migrating")
    schema.migrate(settings.database_url.get_secret_value())
    _bring_model(settings, Path(os.environ["SEED_DIR"]))
    _tell("joining")
    asyncio.run(_run(settings))


def _start_log(level: str) -> None:
    """To standard error, without the requests: their addresses hold the (invented) token."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _end_with_the_sandbox() -> None:
    sys.stdin.read()
    os._exit(0)


def _bring_model(settings: Settings, seed: Path) -> None:
    """A model for this play alone: what is learnt here reaches no other play and no real bot."""
    if settings.model_dir.exists():
        return
    _tell("training")
    seed_model(seed)
    brought = settings.model_dir.with_suffix(".new")
    shutil.copytree(seed, brought, dirs_exist_ok=True)
    brought.rename(settings.model_dir)


def _tell(step: str) -> None:
    print(step, flush=True)


async def _run(settings: Settings) -> None:
    running = await compose.running(settings, clock=MovedClock(Path(os.environ["CLOCK_FILE"])))
    try:
        await running.run()
    finally:
        await running.close()


if __name__ == "__main__":
    main()
