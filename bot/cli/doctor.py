"""`saring doctor`: looks at settings, token, database, schema and model, and says what to do."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click
from rich.console import Console
from rich.table import Table
from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.chat.telegram_bot import telegram_bot
from bot.domain.errors import SaringError
from bot.settings import Settings, read_settings
from bot.storage import schema
from bot.storage.sqlite import sqlite_version
from classifiers import ModelError, load, seed_model

_OLDEST_SQLITE = (3, 35, 0)  # RETURNING, which storage relies on


@dataclass(frozen=True)
class Finding:
    """is_good: nothing to do. words: what was found, and what to do about it."""

    about: str
    is_good: bool
    words: str


@click.command()
@click.option("--offline", is_flag=True, help="Leave Telegram out: only what is on this machine.")
def doctor(offline: bool) -> None:
    """Checks settings, token, database, migrations and model; exit code 1 if something is amiss."""
    findings = list(examine(offline=offline))
    table = Table("", "About", "Found")
    for finding in findings:
        table.add_row("ok" if finding.is_good else "!!", finding.about, finding.words)
    Console().print(table)
    sys.exit(0 if all(finding.is_good for finding in findings) else 1)


def examine(*, offline: bool = False) -> Iterator[Finding]:
    """One finding a check; the later ones only where the settings can be read."""
    try:
        settings = read_settings()
    except SaringError as problem:
        yield Finding("settings", False, str(problem))
        return
    yield Finding("settings", True, "can be read")
    for about, check in _CHECKS.items():
        if offline and about == "token":
            continue
        try:
            yield Finding(about, True, check(settings))
        except (SaringError, ModelError) as problem:
            yield Finding(about, False, str(problem))


def _people(settings: Settings) -> str:
    if settings.bot_token and not settings.admin_ids:
        raise SaringError(
            "ADMIN_IDS is empty, so nobody can add a channel: write your Telegram id into .env."
        )
    if settings.bot_token and not settings.contact:
        raise SaringError("CONTACT is empty: say where a decision can be contested, in .env.")
    return f"{len(settings.admin_ids)} admins by settings"


def _token(settings: Settings) -> str:
    if settings.bot_token is None:
        raise SaringError("BOT_TOKEN is not set: get one from @BotFather, write it into .env.")
    return asyncio.run(_ask_telegram(settings, settings.bot_token.get_secret_value()))


async def _ask_telegram(settings: Settings, token: str) -> str:
    bot = telegram_bot(token, settings.bot_api_url or None)
    try:
        async with bot:
            look_at_webhook(await bot.get_webhook_info(), settings.webhook_url)
            return f"Telegram knows it as @{bot.username}"
    except InvalidToken:
        raise SaringError("Telegram refuses BOT_TOKEN: ask @BotFather for the token.") from None
    except TelegramError as error:
        raise SaringError(
            f"Telegram cannot be reached ({type(error).__name__}): check network and BOT_API_URL."
        ) from None


def look_at_webhook(hook: WebhookInfo, wanted: str) -> None:
    """Raises SaringError where updates go elsewhere, or do not arrive."""
    if hook.url and not wanted:
        raise SaringError(
            "A webhook is set for this bot, so its updates go there: stop what uses it; `run` then "
            "takes it off."
        )
    if wanted and hook.url != wanted:
        raise SaringError("The webhook is not set at WEBHOOK_URL: `run` sets it.")
    if wanted and hook.last_error_message:
        raise SaringError(
            f"Telegram could not post to WEBHOOK_URL, last at {hook.last_error_date}: "
            f"{hook.last_error_message}. {hook.pending_update_count} updates wait."
        )


def _database(settings: Settings) -> str:
    if sqlite_version() < _OLDEST_SQLITE:
        raise SaringError("Python's SQLite is older than 3.35: use a newer Python.")
    url = settings.database_url.get_secret_value()
    if not schema.is_current(url):
        raise SaringError(
            "There is no schema yet, or not the newest: `run` and `scan` make it; so does "
            "`python -m bot migrate`."
        )
    return "can be opened and has the newest schema"


def _model(settings: Settings) -> str:
    started = time.perf_counter()
    model = load(settings.model_dir) if settings.model_dir.exists() else None
    if model is None:
        model = seed_model(settings.model_dir)
    return f"model {model.version}, ready in {time.perf_counter() - started:.2f} s"


_CHECKS: dict[str, Callable[[Settings], str]] = {
    "people": _people,
    "token": _token,
    "database": _database,
    "model": _model,
}
