"""`saring scan FILE...`: reads channel exports, judges every post, opens cases."""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
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
from bot.domain.post import Post
from bot.services.triage import BATCH
from bot.settings import Settings, read_settings
from bot.sources.export import BrokenRow, Skipped, read_export
from bot.storage import schema
from bot.storage.posts import Kept

SAMPLE = Path(__file__).parents[1] / "sources" / "samples" / "sample_channel.json"
_MOST_PROBLEMS = 20  # sentences on the screen; all are counted


@dataclass
class Tally:
    """What a scan did. posts_read counts readable and unreadable posts of public channels."""

    posts_read: int = 0
    kept: Kept = field(default_factory=Kept)
    skipped: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    broken: int = 0
    flagged: int = 0
    cases: int = 0
    files_read: int = 0
    problems: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def as_json(self) -> dict[str, Any]:
        seconds = time.monotonic() - self.started
        return {
            "posts_read": self.posts_read,
            "new": self.kept.new,
            "changed": self.kept.changed,
            "known": self.kept.known,
            "skipped": dict(sorted(self.skipped.items())),
            "unreadable": self.unreadable,
            "broken": self.broken,
            "flagged": self.flagged,
            "cases": self.cases,
            "seconds": round(seconds, 3),
            "posts_per_second": round(self.posts_read / seconds, 1) if seconds else 0.0,
            "problems": self.problems,
        }

    @property
    def exit_code(self) -> int:
        if not self.files_read:
            return 2
        return 1 if self.problems else 0


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option("--username", metavar="NAME", help="The channel's public name, for links to posts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def scan(files: tuple[Path, ...], username: str | None, as_json: bool) -> None:
    """Reads Telegram Desktop exports of public channels (result.json) and opens cases.

    Exit code: 0 all was read, 1 something was left out (it is named), 2 nothing could be read.
    """
    code = scan_files(read_settings(), files, username=username, as_json=as_json)
    sys.exit(code)


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
    tally = asyncio.run(_scan_all(reading, files, username, None if as_json else console))
    if as_json:
        click.echo(json.dumps(tally.as_json(), ensure_ascii=False, indent=2))
    else:
        _print_summary(tally)
    return tally.exit_code


async def _scan_all(
    reading: compose.Reading, files: Sequence[Path], username: str | None, console: Console | None
) -> Tally:
    tally = Tally()
    try:
        with _progress(console) as bar:
            for path in files:
                await _scan_file(reading, path, username, tally, bar)
        if console:
            async with reading.database.look() as work:
                Console().print(await open_cases_table(work))
    finally:
        await reading.database.close()
    return tally


async def _scan_file(
    reading: compose.Reading, path: Path, username: str | None, tally: Tally, bar: Progress
) -> None:
    size = _size(path)
    task = bar.add_task(path.name, total=size, rate="")
    rows = read_export(path, username=username, progress=lambda done: _moved(bar, task, done))
    try:
        for batch in _batches(rows, tally):
            tally.kept += await reading.ingest.from_file(batch)
            tally.posts_read += len(batch)
            tally.unreadable += sum(not post.is_readable for post in batch)
            while (triaged := await reading.triage.batch()).judged:
                tally.flagged += triaged.flagged
                tally.cases += triaged.cases
            rate = tally.posts_read / max(time.monotonic() - tally.started, 1e-9)
            bar.update(task, rate=f"{rate:,.0f} posts/s")
    except ExportError as problem:
        tally.problems.append(f"{path}: {problem}")
    else:
        tally.files_read += 1
        if size is not None:
            bar.update(task, completed=size)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _batches(rows: Iterator[Post | Skipped | BrokenRow], tally: Tally) -> Iterator[list[Post]]:
    """Posts in batches; what is no post goes into the tally."""
    batch: list[Post] = []
    for row in rows:
        if isinstance(row, Post):
            batch.append(row)
        elif isinstance(row, Skipped):
            tally.skipped[row.reason] += 1
        else:
            tally.broken += 1
            tally.problems.append(f"{row.place}: {row.sentence}")
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


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


def _print_summary(tally: Tally) -> None:
    told = tally.as_json()
    click.echo(
        f"{told['posts_read']:,} posts read ({told['new']:,} new, {told['changed']:,} changed, "
        f"{told['known']:,} known), {told['unreadable']:,} without text, "
        f"{told['flagged']:,} flagged, {told['cases']:,} new cases, in {told['seconds']:.1f} s "
        f"({told['posts_per_second']:,.0f} posts/s)."
    )
    for reason, count in told["skipped"].items():
        click.echo(f"Not read: {count:,} ({reason.replace('_', ' ')}).")
    for problem in tally.problems[:_MOST_PROBLEMS]:
        click.echo(problem, err=True)
    if len(tally.problems) > _MOST_PROBLEMS:
        click.echo(f"... and {len(tally.problems) - _MOST_PROBLEMS:,} more.", err=True)
