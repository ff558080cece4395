"""The command that measures a model against spelling tricks."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from classifiers.artefact import load
from classifiers.evasion.kinds import Kind
from classifiers.evasion.measuring import SEED, Report, measure
from classifiers.evasion.showing import as_json, show
from classifiers.model import Model
from classifiers.refusing import refusals
from classifiers.table import Row, evaluation_rows

_File = click.Path(exists=True, dir_okay=False, path_type=Path)
_Folder = click.Path(file_okay=False, path_type=Path)
_WIDTH = 150  # columns of the table where the output is not a terminal


@click.command("evasion")
@click.option("--model", "directory", type=_Folder, required=True, help="Directory of the model.")
@click.option("--data", "tables", type=_File, multiple=True, required=True, help="Labelled table.")
@click.option("--split", help="Only the rows of this split.")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice([kind.value for kind in Kind]),
    multiple=True,
    help="Only these tricks.",
)
@click.option("--pairs/--no-pairs", default=True, show_default=True, help="Any two at a time, too.")
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="Of the words of each text.",
)
@click.option("--draw", type=int, default=SEED, show_default=True, help="Another draw of tricks.")
@click.option("--json", "wants_json", is_flag=True, help="One JSON object instead of a table.")
def evasion(
    directory: Path,
    tables: tuple[Path, ...],
    split: str | None,
    kinds: tuple[str, ...],
    pairs: bool,
    share: float,
    draw: int,
    wants_json: bool,
) -> None:
    """Measure how well a model withstands spelling tricks, on labelled rows."""
    with refusals():
        model = load(directory)
        rows = [row for path in tables for row in evaluation_rows(path, split)]
    report = _measured(
        model, rows, [Kind(kind) for kind in kinds] or list(Kind), pairs, share, draw
    )
    if wants_json:
        click.echo(json.dumps(as_json(report), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        console = Console()
        show(report, console if console.is_terminal else Console(width=_WIDTH))


def _measured(
    model: Model, rows: list[Row], kinds: list[Kind], pairs: bool, share: float, draw: int
) -> Report:
    """The report, with a bar on standard error; seconds for a thousand rows."""
    columns = (TextColumn("disguising"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("disguising", total=1.0)

        def advance(done: float) -> None:
            progress.update(task, completed=done)

        return measure(model, rows, kinds, pairs, share, draw, advance)
