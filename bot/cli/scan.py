"""`saring scan FILE...`: reads channel exports, judges every post, opens cases."""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from bot import compose
from bot.cli.open_cases import open_cases_table
from bot.domain.errors import ExportError
from bot.services.scan import Tally
from bot.settings import Settings, read_settings
from bot.storage import schema

SAMPLE = Path(__file__).parents[1] / "sources" / "samples" / "sample_channel.json"
_MOST_PROBLEMS = 20  # sentences on the screen; all are counted


@dataclass
class _Scanned:
    """A tally over several files, with the time that it took."""

    tally: Tally = field(default_factory=Tally)
    files_read: int = 0
    started: float = field(default_factory=time.monotonic)

    def as_json(self) -> dict[str, Any]:
        tally, seconds = self.tally, time.monotonic() - self.started
        return {
            "posts_read": tally.posts_read,
            "new": tally.kept.new,
            "changed": tally.kept.changed,
            "known": tally.kept.known,
            "skipped": dict(sorted(tally.skipped.items())),
            "unreadable": tally.unreadable,
            "broken": tally.broken,
            "flagged": tally.flagged,
            "cases": tally.cases,
            "seconds": round(seconds, 3),
            "posts_per_second": round(tally.posts_read / seconds, 1) if seconds else 0.0,
            "problems": tally.problems,
        }

    @property
    def exit_code(self) -> int:
        if not self.files_read:
            return 2
        return 1 if self.tally.problems else 0


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]")
@click.option("--username", metavar="NAME", help="The channel's public name, for links to posts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def scan(files: tuple[Path, ...], username: str | None, as_json: bool) -> None:
    """Reads exports of public channels (result.json, newline JSON) and opens cases.

    Without a file: the sample that ships with the project, into a database of its own.
    Exit code: 0 all was read, 1 something was left out (it is named), 2 nothing could be read.
    """
    settings = read_settings()
    if not files:
        sys.exit(scan_sample(settings, as_json=as_json))
    sys.exit(scan_files(settings, files, username=username, as_json=as_json))


def scan_sample(settings: Settings, *, as_json: bool = False) -> int:
    """Scans the export that ships with the project, into a database of its own.

    Its posts are made up: they must never stand before moderators beside real ones.
    """
    url = f"sqlite:///{settings.model_dir.parent / 'sample.db'}"
    apart = settings.model_copy(update={"database_url": SecretStr(url)})
    return scan_files(apart, [SAMPLE], as_json=as_json)


def scan_files(
    settings: Settings,
    files: Sequence[Path],
    *,
    username: str | None = None,
    as_json: bool = False,
) -> int:
    """Scans files into the database of the settings and prints what was found; an exit code."""
    console = Console(stderr=True)
    schema.migrate(settings.database_url.get_secret_value())
    with console.status("Loading the model"):
        reading = compose.reading(settings)
    scanned = asyncio.run(_scan_all(reading, files, username, None if as_json else console))
    if as_json:
        click.echo(json.dumps(scanned.as_json(), ensure_ascii=False, indent=2))
    else:
        _print_summary(scanned)
    return scanned.exit_code


async def _scan_all(
    reading: compose.Reading, files: Sequence[Path], username: str | None, console: Console | None
) -> _Scanned:
    scanned = _Scanned()
    try:
        with _progress(console) as bar:
            for path in files:
                await _scan_file(reading, path, username, scanned, bar)
        if console:
            async with reading.database.look() as work:
                Console().print(await open_cases_table(work))
    finally:
        await reading.database.close()
    return scanned


async def _scan_file(
    reading: compose.Reading, path: Path, username: str | None, scanned: _Scanned, bar: Progress
) -> None:
    size, tally = _size(path), scanned.tally
    task = bar.add_task(path.name, total=size, rate="")

    def show_rate() -> None:
        rate = tally.posts_read / max(time.monotonic() - scanned.started, 1e-9)
        bar.update(task, rate=f"{rate:,.0f} posts/s")

    try:
        rows = reading.read_file(
            path, username=username, progress=lambda done: _moved(bar, task, done)
        )
        await reading.scan.rows(rows, tally, show_rate)
    except ExportError as problem:
        tally.problems.append(f"{path}: {problem}")
    else:
        scanned.files_read += 1
        if size is not None:
            bar.update(task, completed=size)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _progress(console: Console | None) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=console is None,
    )


def _moved(bar: Progress, task: TaskID, done: int) -> None:
    bar.update(task, completed=done)


def _print_summary(scanned: _Scanned) -> None:
    told, problems = scanned.as_json(), scanned.tally.problems
    click.echo(
        f"{told['posts_read']:,} posts read ({told['new']:,} new, {told['changed']:,} changed, "
        f"{told['known']:,} known), {told['unreadable']:,} without text, "
        f"{told['flagged']:,} flagged, {told['cases']:,} new cases, in {told['seconds']:.1f} s "
        f"({told['posts_per_second']:,.0f} posts/s)."
    )
    for reason, count in told["skipped"].items():
        click.echo(f"Not read: {count:,} ({reason.replace('_', ' ')}).")
    for problem in problems[:_MOST_PROBLEMS]:
        click.echo(problem, err=True)
    if len(problems) > _MOST_PROBLEMS:
        click.echo(f"... and {len(problems) - _MOST_PROBLEMS:,} more.", err=True)
