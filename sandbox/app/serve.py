"""Serves the page on loopback beside the double and the bot, until it is stopped."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from starlette.types import ASGIApp

from bot.domain.errors import SaringError
from sandbox.app.feed import USUAL, Feed
from sandbox.app.guard import Guard
from sandbox.app.routes import Pages
from sandbox.app.scenario import open_stage
from sandbox.app.scenario_file import ScenarioFailed
from sandbox.app.stage import Stage
from sandbox.double.listener import Listener

PORT = 8042
_log = logging.getLogger(__name__)


class PortTaken(SaringError):
    """The port is taken: give another one with --port, or 0 for any that is free."""


@contextlib.asynccontextmanager
async def serving(stage: Stage, port: int | None = 0, pace: int = USUAL) -> AsyncIterator[str]:
    """The page's address while the block runs; it answers before the bot is up.

    port: 0 for a free one, None for the usual one or, where that is taken, a free one. Raises
    PortTaken, SandboxBusy.
    """
    feed = Feed(stage, pace)
    guard = Guard(Pages(stage, feed).app())
    listener = _listen(guard, port)
    guard.admit(listener.port)
    async with stage.open():
        await listener.start()
        tasks = [asyncio.create_task(_bring_up(stage)), asyncio.create_task(feed.run())]
        try:
            yield f"http://127.0.0.1:{listener.port}/"
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            stage.close_streams()
            await listener.stop()


def _listen(app: ASGIApp, port: int | None) -> Listener:
    try:
        return Listener(app, PORT if port is None else port)
    except OSError:
        if port is None:
            return Listener(app)
        raise PortTaken from None


async def _bring_up(stage: Stage) -> None:
    """Waits for the bot and opens the play; a failure stands on the page and in the log."""
    try:
        await stage.until_running()
        await open_stage(stage)
    except (ScenarioFailed, TimeoutError, RuntimeError) as problem:
        _log.error("the sandbox could not be set up: %s", problem)
        stage.fail(str(problem))
