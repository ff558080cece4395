"""`saring migrate`: brings the database to the newest schema."""

import click

from bot.settings import read_settings
from bot.storage import schema


@click.command()
@click.option("--make", metavar="MESSAGE", help="Write a migration from changed tables instead.")
def migrate(make: str | None) -> None:
    """Brings the database to the newest schema."""
    url = read_settings().database_url.get_secret_value()
    if make:
        schema.make_migration(url, make)
        return
    schema.migrate(url)
    click.echo("The database has the newest schema.")
