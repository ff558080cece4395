"""`saring sandbox`: a Telegram on this machine with the real bot in it, to try in a browser."""

import asyncio
import contextlib
import importlib.util
import logging
import signal
from pathlib import Path

import click

from bot.cli.logs import start_log
from bot.domain.errors import SettingsError
from bot.settings import Settings, read_settings

_FOLDER = Path("data/sandbox")
_BESIDE_A_BOT = (
    "BOT_TOKEN is set, and the sandbox does not start beside a real bot. `make run` runs the bot; "
    "to play, take BOT_TOKEN out of the environment and .env, or start the sandbox elsewhere."
)
_NOT_HERE = (
    "BOT_TOKEN is not set, and this installation has no sandbox. Get a token from @BotFather and "
    "write BOT_TOKEN=... and ADMIN_IDS=<your id> into .env."
)

_TOLD = """
  Saring's sandbox: {address}

  Open it in a browser. Channels and people there are made up, the bot is the real one, and
  nothing leaves this machine. Its data: {folder}. Ctrl+C ends it.

  To go on with a bot: get a token from @BotFather, write BOT_TOKEN=... and ADMIN_IDS=<your id>
  into .env, and run `make run` again. To scan the sample export: `make scan`.
"""


@click.command("sandbox")
@click.option(
    "--port", type=int, help="Loopback port. Default: 8042, or a free one if it is taken."
)
@click.option("--language", type=click.Choice(["en", "id"]), default="en", show_default=True)
@click.option(
    "--scenario",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Play this file without a page; exit code 0 when all went as it says, 1 when not.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=_FOLDER,
    show_default=True,
    help="Where the sandbox keeps its own data; emptied at each start.",
)
def sandbox(port: int | None, language: str, scenario: Path | None, folder: Path) -> None:
    """A Telegram on this machine: the real bot, made-up channels, and you play everybody."""
    settings = read_settings()
    if scenario is not None:
        _refuse_beside_a_bot(settings)
        raise SystemExit(_play(scenario, folder))
    show_sandbox(settings, port, language, folder)


def show_sandbox(
    settings: Settings, port: int | None = None, language: str = "en", folder: Path = _FOLDER
) -> None:
    """Serves the page until it is stopped. Raises SettingsError beside a real bot's token."""
    _refuse_beside_a_bot(settings)
    start_log(settings.log_level)
    asyncio.run(_until_stopped(port, language, folder))


def _refuse_beside_a_bot(settings: Settings) -> None:
    if settings.bot_token is not None:
        raise SettingsError(_BESIDE_A_BOT)
    if importlib.util.find_spec("sandbox") is None:
        raise SettingsError(_NOT_HERE)


async def _until_stopped(port: int | None, language: str, folder: Path) -> None:
    task = asyncio.create_task(_serve(port, language, folder))
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _serve(port: int | None, language: str, folder: Path) -> None:
    from sandbox.app.serve import serving
    from sandbox.app.stage import Stage

    async with serving(Stage(folder, language), port) as address:
        click.echo(_TOLD.format(address=address, folder=folder))
        await asyncio.Event().wait()


def _play(scenario: Path, folder: Path) -> int:
    from sandbox.app.scenario import play_file
    from sandbox.app.scenario_file import ScenarioFailed

    logging.basicConfig(level=logging.WARNING)
    try:
        asyncio.run(play_file(scenario, folder, click.echo))
    except ScenarioFailed as failed:
        click.echo(f"saring: {failed}", err=True)
        return 1
    click.echo("All went as the scenario says.")
    return 0
