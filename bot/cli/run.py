"""`saring run`: the bot, with a token; the sandbox, without one."""

import asyncio
import contextlib
import logging
import signal

import click

from bot import compose
from bot.cli.logs import start_log
from bot.cli.sandbox import show_sandbox
from bot.settings import Settings, read_settings
from bot.storage import schema

_log = logging.getLogger(__name__)


@click.command()
def run() -> None:
    """Runs the bot; without BOT_TOKEN, a sandbox to try it in, in a browser."""
    settings = read_settings()
    if settings.bot_token is None:
        show_sandbox(settings)
        return
    start_log(settings.log_level)
    schema.migrate(settings.database_url.get_secret_value())
    asyncio.run(_until_stopped(settings))


async def _until_stopped(settings: Settings) -> None:
    """Runs until SIGINT or SIGTERM. What is under way then is done again at the next start."""
    task = asyncio.create_task(_run(settings))
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    _log.info("stopped")


async def _run(settings: Settings) -> None:
    bot = await compose.running(settings)
    compose.spare_the_collector()
    _log.info("running as @%s with model %s", bot.bot.username, settings.model_dir)
    try:
        await bot.run()
    finally:
        await bot.close()
