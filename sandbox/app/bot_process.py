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
import subprocess
import sys
import threading
from pathlib import Path

from sandbox.app.clock import MovedClock


def main() -> None:
    threading.Thread(target=_end_with_the_sandbox, daemon=True).start()
    seed = Path(os.environ["SEED_DIR"])
    training = _train(seed)
    # Imported only now: that takes seconds in which the model is in the making already.
    from bot import compose
    from bot.settings import read_settings
    from bot.storage import schema

    async def run() -> None:
        running = await compose.running(settings, clock=MovedClock(Path(os.environ["CLOCK_FILE"])))
        try:
            await running.run()
        finally:
            await running.close()

    settings = read_settings()
    _start_log(settings.log_level)
    _tell("migrating")
    schema.migrate(settings.database_url.get_secret_value())
    if training is not None:
        _tell("training")
        training.wait()
    _bring_model(settings.model_dir, seed)
    _tell("joining")
    asyncio.run(run())


def _train(seed: Path) -> "subprocess.Popen[bytes] | None":
    """A process that makes the model, where there is none yet."""
    if seed.exists():
        return None
    command = [sys.executable, "-m", "sandbox.app.seed", str(seed)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own module


def _end_with_the_sandbox() -> None:
    sys.stdin.read()
    os._exit(0)


def _start_log(level: str) -> None:
    """To standard error, without the requests: their addresses hold the (invented) token."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _bring_model(model: Path, seed: Path) -> None:
    """A model for this play alone: what is learnt here reaches no other play and no real bot."""
    if model.exists():
        return
    from classifiers import seed_model

    seed_model(seed)  # looks whether what is there is whole and of these examples
    brought = model.with_suffix(".new")
    shutil.copytree(seed, brought, dirs_exist_ok=True)
    brought.rename(model)


def _tell(step: str) -> None:
    print(step, flush=True)


if __name__ == "__main__":
    main()
