"""`saring retain`: forgets what is over now, or says what would be forgotten."""

import asyncio

import click

from bot.clock import SystemClock
from bot.compose import retaining
from bot.domain.retention import Forgotten
from bot.settings import Settings, read_settings
from bot.storage import schema
from bot.storage.database import Database


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count; nothing is changed.")
def retain(*, dry_run: bool) -> None:
    """Forgets words whose time is over; the running bot does so each night."""
    settings = read_settings()
    schema.migrate(settings.database_url.get_secret_value())
    done = asyncio.run(_retain(settings, dry_run=dry_run))
    click.echo("Would be forgotten:" if dry_run else "Forgotten:")
    for what, count in (
        (f"posts that nobody had to look at ({settings.keep_unflagged_days} days)", done.unflagged),
        (f"dismissed or kept posts ({settings.keep_dismissed_days} days)", done.dismissed),
        (f"referred posts ({settings.keep_referred_days} days after delivery)", done.referred),
        ("attack know-how outside its sealed capture", done.sealed),
        ("sent messages and files that quoted them", done.digests),
        ("files that no digest and no capture names any more", done.files),
        ("updates that could not be understood (30 days)", done.updates),
        ("notices that could not be delivered (30 days)", done.letters),
        ("hashes by which copies of a post are found (30 days)", done.prints),
    ):
        click.echo(f"{count:>8}  {what}")


async def _retain(settings: Settings, *, dry_run: bool) -> Forgotten:
    database = Database(settings.database_url.get_secret_value())
    try:
        return await retaining(settings, database, SystemClock()).all(dry_run=dry_run)
    finally:
        await database.close()
