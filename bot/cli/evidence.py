"""`saring evidence`: a case as a ZIP for somebody outside, and the check of such a ZIP."""

import asyncio
from pathlib import Path

import click

from bot.clock import SystemClock
from bot.domain.errors import EvidenceError
from bot.render.evidence import check_zip
from bot.services.evidence import Gather
from bot.settings import read_settings
from bot.storage.database import Database

_MOST_BYTES = 500 * 1024 * 1024


class _CaseOrCommand(click.Group):
    """`evidence 12 --out FILE` beside `evidence verify FILE`: a number is a case."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0].isdecimal():
            return "case", self.commands["case"], args
        return super().resolve_command(ctx, args)


@click.group(cls=_CaseOrCommand, subcommand_metavar="CASE --out FILE | verify FILE")
def evidence() -> None:
    """A case with its captures, decisions and audit entries, for somebody who has to check it."""


@evidence.command(hidden=True)
@click.argument("case_id", metavar="CASE", type=click.IntRange(1, 2**53))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-sealed", is_flag=True, help="Captures of attack know-how too.")
def case(*, case_id: int, out: Path, with_sealed: bool) -> None:
    """Writes a case to a ZIP; a file that is there already is left alone."""
    if out.exists():
        raise EvidenceError(f"{out} is there already. Name another file.")
    pack, sha256 = asyncio.run(_gathered(case_id, with_sealed=with_sealed))
    try:
        with out.open("xb") as file:
            file.write(pack)
    except OSError as error:
        raise EvidenceError(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"{out}: case {case_id}, {len(pack)} bytes. Manifest SHA-256: {sha256}")


@evidence.command()
@click.argument("pack", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(pack: Path) -> None:
    """Checks every hash in a pack; needs no database."""
    if pack.stat().st_size > _MOST_BYTES:
        raise EvidenceError("It is too large to be a case.")
    found = check_zip(pack.read_bytes())
    click.echo(
        f"Case {found.case_id}: {found.files} files and {found.entries} audit entries, each as the "
        f"manifest says. Manifest SHA-256: {found.manifest_sha256}"
    )


async def _gathered(case_id: int, *, with_sealed: bool) -> tuple[bytes, str]:
    database = Database(read_settings().database_url.get_secret_value())
    try:
        return await Gather(database, SystemClock()).case(case_id, with_sealed=with_sealed)
    finally:
        await database.close()
