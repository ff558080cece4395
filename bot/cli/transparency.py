"""`saring transparency`: what may be shown to anybody about a stretch of days."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import click

from bot.clock import SystemClock
from bot.domain.errors import FiguresError
from bot.domain.transparency import OpenFigures, Period, period_of
from bot.render.transparency import Publisher, figures_csv, figures_json
from bot.render.transparency_page import figures_page
from bot.services.transparency import CountOpenly
from bot.settings import read_settings
from bot.storage import schema
from bot.storage.database import Database
from bot.texts import LANGUAGES

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", required=True, type=_DAY, metavar="DAY", help="The first day.")
@click.option("--to", "last", required=True, type=_DAY, metavar="DAY", help="The last day.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where the folder is made; here by default.",
)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def transparency(*, first: datetime, last: datetime, out: Path, language: str) -> None:
    """Writes open figures as CSV, JSON and a page: counts alone, small ones hidden."""
    settings = read_settings()
    clock = SystemClock()
    period = period_of(_day(first), _day(last), clock.now(), settings.timezone)
    place = out / f"saring-{period.first}-{period.last}-{language}"
    if place.exists():
        raise FiguresError(f"{place} is there already. Name another folder with --out.")
    url = settings.database_url.get_secret_value()
    schema.migrate(url)
    figures = asyncio.run(_counted(url, period))
    publisher = Publisher(settings.operator, settings.contact)
    _write(
        place,
        {
            "figures.csv": figures_csv(figures, language),
            "figures.json": figures_json(figures, publisher),
            "figures.html": figures_page(figures, publisher, language),
        },
    )
    click.echo(f"{place}: figures.html, figures.csv and figures.json.")


def _day(moment: datetime) -> date:
    return moment.date()


async def _counted(url: str, period: Period) -> OpenFigures:
    database = Database(url)
    try:
        return await CountOpenly(database, SystemClock()).figures(period)
    finally:
        await database.close()


def _write(place: Path, files: Mapping[str, bytes]) -> None:
    """All files or none: they are written beside the place, and put there in one step."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        try:
            for name, content in files.items():
                (beside / name).write_bytes(content)
            beside.chmod(0o755)  # to be published; what mkdtemp makes is nobody else's to read
            beside.rename(place)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise FiguresError(
            f"{place} cannot be written: {error.strerror}. Name another folder with --out."
        ) from error
