"""The command line of the corpora: list, fetch, check, convert.

Exit code 0: done; 1: a file could not be had, is wrong or is missing; 2: wrong use.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from classifiers.corpora.catalogue import SHIPPED, find, load_catalogue
from classifiers.corpora.checking import Finding, State, check
from classifiers.corpora.conversion import convert
from classifiers.corpora.corpus import Corpus
from classifiers.corpora.errors import CorpusError, FetchError
from classifiers.corpora.fetching import Advance, Fetched, fetch_file
from classifiers.corpora.licence import Shipping, may_ship

_Folder = click.Path(file_okay=False, path_type=Path)
_SHIPPING = {
    Shipping.ALLOWED: "a model trained on it may be shipped, with credit",
    Shipping.FORBIDDEN: "a model trained on it must not be shipped",
    Shipping.UNKNOWN: "nobody has verified that a model trained on it may be shipped",
}


def _mirror(value: str) -> Path | str:
    """A folder that exists, or a web address."""
    if value.startswith(("https://", "http://")):
        return value
    if "://" in value or not Path(value).is_dir():
        raise click.BadParameter(f"{value!r} is neither a folder nor an https address.")
    return Path(value)


@click.group()
@click.option(
    "--catalogue",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=SHIPPED,
    help="Another catalogue than the shipped one.",
)
@click.pass_context
def corpora(context: click.Context, path: Path) -> None:
    """Public corpora to train on and to measure with. None is shipped."""
    try:
        context.obj = load_catalogue(path)
    except CorpusError as error:
        raise click.UsageError(str(error)) from error


@corpora.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of a table.")
@click.pass_obj
def list_command(known: tuple[Corpus, ...], as_json: bool) -> None:
    """What there is, under which licence, and what of it was not verified."""
    if as_json:
        click.echo(json.dumps([_described(corpus) for corpus in known], ensure_ascii=False))
        return
    console = Console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("name", "lang", "licence", "ship"):
        table.add_column(heading, no_wrap=True)
    table.add_column("unverified", overflow="fold")
    for corpus in known:
        table.add_row(*_cells(corpus))
    console.print(table)
    console.print("More of each, with its title, use and address: --json", style="dim")


def _cells(corpus: Corpus) -> tuple[str, ...]:
    unpinned = not corpus.files or any(file.sha256 is None for file in corpus.files)
    unverified = (*corpus.unverified, *(("checksum",) if unpinned else ()))
    return (
        corpus.name,
        ", ".join(corpus.languages),
        corpus.licence.name,
        corpus.licence.shipping.value,
        ", ".join(unverified) or "-",
    )


def _described(corpus: Corpus) -> dict[str, object]:
    """The whole entry, and what follows from it."""
    files = [{**asdict(file), "address": corpus.address(file)} for file in corpus.files]
    licence = {**asdict(corpus.licence), "shipping": corpus.licence.shipping}
    entry = asdict(corpus)
    del entry["host"]
    return {
        **entry,
        "page": corpus.page,
        "licence": licence,
        "may_ship": may_ship(corpus),
        "unverified": corpus.unverified,
        "files": files,
    }


@corpora.command("fetch")
@click.argument("names", nargs=-1, required=True)
@click.option("--to", type=_Folder, required=True, help="Folder; each corpus gets one below it.")
@click.option("--mirror", type=_mirror, metavar="DIR|URL", help="The same layout elsewhere.")
@click.pass_obj
def fetch_command(
    known: tuple[Corpus, ...], names: tuple[str, ...], to: Path, mirror: Path | str | None
) -> None:
    """Download corpora by name and compare their checksums with the catalogue."""
    chosen = _chosen(known, names)
    failures = sum(_fetched(corpus, to, mirror) for corpus in chosen)
    if failures:
        raise click.exceptions.Exit(1)


def _chosen(known: tuple[Corpus, ...], names: tuple[str, ...]) -> list[Corpus]:
    try:
        return [find(name, known) for name in dict.fromkeys(names)]
    except CorpusError as error:
        raise click.UsageError(str(error)) from error


def _fetched(corpus: Corpus, to: Path, mirror: Path | str | None) -> int:
    """Fetch all files of a corpus, say how each went; how many could not be had."""
    click.echo(f"{corpus.name}: {corpus.licence.name}; {_SHIPPING[corpus.licence.shipping]}.")
    if corpus.note:
        click.echo(f"{corpus.name}: {corpus.note}")
    if not corpus.files:
        where = corpus.page or "an unknown place"
        click.echo(f"{corpus.name}: its files are not known; it is published at {where}.", err=True)
        return 1
    failures = 0
    with _bar(corpus.name) as advance:
        for file in corpus.files:
            try:
                done = fetch_file(corpus, file, to, mirror, advance)
            except FetchError as error:
                failures += 1
                click.echo(f"{corpus.name}: {error}", err=True)
            else:
                click.echo(_outcome(done))
    return failures


def _outcome(done: Fetched) -> str:
    if done.known:
        return f"{done.path}: already here, checksum right."
    if done.checked:
        return f"{done.path}: {done.size_in_bytes} bytes, checksum right."
    return (
        f"{done.path}: {done.size_in_bytes} bytes, NOT checked: the catalogue has no checksum. "
        f"SHA-256 seen: {done.sha256}"
    )


@contextmanager
def _bar(name: str) -> Iterator[Advance]:
    """A bar on standard error, one run for each file; gone when done."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, TransferSpeedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, size: progress.update(task, completed=done, total=size)


@corpora.command("check")
@click.argument("names", nargs=-1)
@click.option("--in", "folder", type=_Folder, required=True, help="Folder given to fetch --to.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@click.pass_obj
def check_command(
    known: tuple[Corpus, ...], names: tuple[str, ...], folder: Path, as_json: bool
) -> None:
    """Hash the files again: which are fine, wrong, missing. Missing is a failure for those named;
    without names, only for a corpus of which other files are here."""
    findings = list(check(_chosen(known, names) if names else known, folder))
    if as_json:
        rows = [asdict(finding) | {"path": str(finding.path)} for finding in findings]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(_line(finding))
    if any(_fails(finding, findings, bool(names)) for finding in findings):
        raise click.exceptions.Exit(1)


def _line(finding: Finding) -> str:
    seen = f" (SHA-256 seen: {finding.sha256})" if finding.state is State.NOT_PINNED else ""
    return f"{finding.state}: {finding.path}{seen}"


def _fails(finding: Finding, findings: list[Finding], named: bool) -> bool:
    if finding.state is not State.MISSING:
        return finding.state in {State.WRONG, State.UNREADABLE}
    return named or any(
        other.corpus == finding.corpus and other.state is not State.MISSING for other in findings
    )


@corpora.command("convert")
@click.argument("name")
@click.option("--in", "folder", type=_Folder, required=True, help="Folder given to fetch --to.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.pass_obj
def convert_command(known: tuple[Corpus, ...], name: str, folder: Path, out: Path) -> None:
    """Write the rows of a fetched corpus as the table that training and evaluation read."""
    (corpus,) = _chosen(known, (name,))
    try:
        done = convert(corpus, folder, out)
    except CorpusError as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{out}: {done.rows} rows, {done.positives} of label 1; {done.empty} without text left out."
    )
