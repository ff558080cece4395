"""`saring audit`: whether the log of what happened is whole, and a copy of it to keep elsewhere."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import click

from bot.domain.audit import AuditEntry, entry_from_json
from bot.domain.audit import verify as verify_chain
from bot.domain.errors import AuditError
from bot.settings import read_settings
from bot.storage.database import Database


@click.group()
def audit() -> None:
    """The tamper-evident log of what happened."""


@audit.command()
@click.option(
    "--file",
    "exported",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy that `audit export` wrote, instead of the database.",
)
@click.option(
    "--knows",
    metavar="HASH",
    help="A hash that the log must hold: of a digest, of a daily message.",
)
def verify(exported: Path | None, knows: str | None) -> None:
    """Checks each entry against the one before; names the first that does not follow."""
    if exported is None:
        entries, newest = asyncio.run(_kept())
    else:
        entries, newest = list(_read(exported)), None
    count = verify_chain(entries, newest)
    found = [entry for entry in entries if knows and entry.hash.startswith(knows.lower())]
    if knows and not found:
        raise AuditError(
            f"The {count} entries follow from each other, and none of them has the hash {knows}: "
            "this is not the log that it was taken from, or it was written anew."
        )
    last = entries[-1].hash if entries else "none"
    click.echo(f"{count} entries, each following from the one before. Newest hash: {last}")
    if found:
        click.echo(f"That hash is entry {found[0].seq}, of {found[0].at:%Y-%m-%d %H:%M} UTC.")


@audit.command()
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export(out: Path) -> None:
    """Writes the log as newline JSON: ids, codes and hashes, no text and no name."""
    entries, newest = asyncio.run(_kept())
    verify_chain(entries, newest)
    try:
        with out.open("x", encoding="utf-8") as file:
            file.writelines(json.dumps(entry.as_json(), sort_keys=True) + "\n" for entry in entries)
    except OSError as error:
        raise AuditError(
            f"{out} cannot be written: {error.strerror}. Name another file."
        ) from error
    click.echo(f"{len(entries)} entries. Check the copy with: audit verify --file {out}")


async def _kept() -> tuple[list[AuditEntry], str]:
    """The log in the database, and the hash that it must end with."""
    database = Database(read_settings().database_url.get_secret_value())
    try:
        async with database.look() as work:
            entries = [entry async for entry in work.audit.entries()]
            return entries, await work.audit.newest_hash()
    finally:
        await database.close()


def _read(path: Path) -> Iterator[AuditEntry]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield entry_from_json(json.loads(line))
            except (ValueError, TypeError, LookupError, RecursionError) as error:
                raise AuditError(
                    f"Line {number} of {path.name} is no entry of an audit log. "
                    "Take a copy that `audit export` wrote."
                ) from error
