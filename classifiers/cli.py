"""The command line: train, evaluate, predict. Wrong input: exit code 2 and one sentence."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from classifiers.artefact import load
from classifiers.bench_command import bench_command
from classifiers.calibration import Goal
from classifiers.corpora.commands import corpora
from classifiers.errors import ClassifierError
from classifiers.evaluation import evaluate
from classifiers.evasion.commands import evasion
from classifiers.lines import answers
from classifiers.model import Model
from classifiers.models import models
from classifiers.report import print_report, print_seed_report
from classifiers.seed import seed_rows, train_seed
from classifiers.seed_check import check_seed
from classifiers.table import Row, evaluation_rows, training_rows
from classifiers.training import train

_File = click.Path(exists=True, dir_okay=False, path_type=Path)
_Folder = click.Path(file_okay=False, path_type=Path)
_SHARE = click.FloatRange(0, 1, min_open=True)


class _Refused(click.ClickException):
    """Input that cannot be used; the message says where and what to do."""

    exit_code = 2


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ClassifierError as error:
        raise _Refused(str(error)) from error


@click.group()
def main() -> None:
    """Train, measure and use a classifier of propaganda. Tables are CSV in UTF-8 with the columns
    text,label and, where there is one, split,lang,group,harm,purpose,pair."""


def _console() -> Console:
    """The terminal as it is; a file or pipe as wide as the widest table."""
    console = Console()
    return console if console.is_terminal else Console(width=180)


@main.command("train")
@click.option("--data", "tables", type=_File, multiple=True, help="A table to learn from.")
@click.option("--seed", is_flag=True, help="Learn from the examples shipped with the project.")
@click.option("--out", type=_Folder, required=True, help="Directory for the model.")
@click.option("--target-recall", type=_SHARE, help="Find at least this share of the positives.")
@click.option("--max-benign-rate", type=_SHARE, help="Flag at most this share of the benign.")
def train_command(
    tables: tuple[Path, ...],
    seed: bool,
    out: Path,
    target_recall: float | None,
    max_benign_rate: float | None,
) -> None:
    """Fit on rows of split `train`, or on all rows of a table without that column."""
    if not tables and not seed:
        raise click.UsageError("Nothing to learn from: give --data FILE or --seed.")
    goal = None
    if target_recall is not None or max_benign_rate is not None:
        goal = Goal(target_recall, max_benign_rate)
    with _refusals():
        model = _fitted(tables, seed, goal)
        model.save(out)
    click.echo(_summary(model, out))


def _fitted(tables: tuple[Path, ...], seed: bool, goal: Goal | None) -> Model:
    console = Console(stderr=True)
    columns = (TextColumn("training"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("training", total=1.0)

        def advance(share: float) -> None:
            progress.update(task, completed=share)

        def say(sentence: str) -> None:
            progress.console.print(sentence, markup=False, highlight=False)

        rows = training_rows(tables)
        if seed and not tables:
            return train_seed(seed_rows(), say, advance, goal)
        return train(rows + (seed_rows() if seed else []), goal, say, advance)


def _summary(model: Model, out: Path) -> str:
    held_out = model.about["held_out"]
    return (
        f"{model.version} saved in {out}: {model.about['rows']} rows, "
        f"{model.about['positives']} positive. Held out: average precision "
        f"{held_out['average_precision']:.3f}; at the threshold {model.threshold:.3f} macro-F1 "
        f"{held_out['macro_f1']:.3f}, recall {held_out['recall']:.3f}, "
        f"flag rate {held_out['flag_rate']:.3f}."
    )


@main.command("evaluate")
@click.option("--model", "directory", type=_Folder, required=True, help="Directory of the model.")
@click.option("--data", "tables", type=_File, multiple=True, required=True, help="Labelled table.")
@click.option("--split", help="Only the rows of this split.")
@click.option("--group-by", default="group", show_default=True, help="Column to slice by.")
@click.option("--card", type=_Folder, help="Directory for a model card: card.md and card.html.")
@click.option("--slice-by", "columns", multiple=True, help="A further column for the card.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def evaluate_command(
    directory: Path,
    tables: tuple[Path, ...],
    split: str | None,
    group_by: str,
    card: Path | None,
    columns: tuple[str, ...],
    as_json: bool,
) -> None:
    """Measure a model on labelled rows: overall, by group and by language."""
    with _refusals():
        model = load(directory)
        rows = [row for path in tables for row in evaluation_rows(path, split, group_by)]
        report = evaluate(model, rows)
        if card is not None:
            _write_card(card, model, rows, tables, columns)
    if as_json:
        click.echo(json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print_report(report, _console())


def _write_card(
    directory: Path,
    model: Model,
    rows: list[Row],
    tables: tuple[Path, ...],
    columns: tuple[str, ...],
) -> None:
    from classifiers.model_card.rows import column_axis, scored_rows
    from classifiers.model_card.writing import (  # matplotlib takes a second to load
        measure,
        write_card,
    )

    by_table = [(path, [row for row in rows if row.file == path.name]) for path in tables]
    axes = {
        column: [names for path, own in by_table for names in column_axis(path, column, own)]
        for column in columns
    }
    scores = model.scores([row.text for row in rows])
    data = ", ".join(path.name for path in tables)
    write_card(
        directory, measure(scored_rows(rows, scores, model.threshold, model.version, data, axes))
    )


@main.command("predict")
@click.option("--model", "directory", type=_Folder, required=True, help="Directory of the model.")
def predict_command(directory: Path) -> None:
    """Read JSON lines {"text": ...} from standard input, write one prediction a line."""
    with _refusals():
        model = load(directory)
    with click.open_file("-", encoding="utf-8", errors="surrogateescape") as source:
        for answer in answers(model, source):
            click.echo(json.dumps(answer))


@main.command("check-seed")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def check_seed_command(as_json: bool) -> None:
    """Check the shipped examples; exit code 1 when a rule is broken."""
    with _refusals():
        report = check_seed(seed_rows())
    if as_json:
        click.echo(json.dumps({"findings": report.findings, "lines": report.lines}, indent=1))
    else:
        print_seed_report(report, _console())
    if report.findings:
        raise SystemExit(1)


main.add_command(bench_command)
main.add_command(corpora)
main.add_command(evasion)
main.add_command(models)
