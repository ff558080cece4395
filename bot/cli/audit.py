"""`saring audit verify`: whether the audit log is whole."""

import asyncio

import click

from bot.domain.audit import verify as verify_chain
from bot.settings import read_settings
from bot.storage.database import Database


@click.group()
def audit() -> None:
    """The tamper-evident log of what happened."""


@audit.command()
def verify() -> None:
    """Checks each entry against the one before; names the first that does not follow."""
    count, newest = asyncio.run(_verify(read_settings().database_url.get_secret_value()))
    click.echo(f"{count} entries, each following from the one before. Newest hash: {newest}")


async def _verify(url: str) -> tuple[int, str]:
    database = Database(url)
    try:
        async with database.look() as work:
            entries = [entry async for entry in work.audit.entries()]
            newest = await work.audit.newest_hash()
            return verify_chain(entries, newest), newest
    finally:
        await database.close()
