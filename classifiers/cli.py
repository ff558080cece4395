"""The command line. Wrong input: exit code 2 and one sentence."""

import json
from pathlib import Path

import click
from rich.console import Console

from classifiers.artefact import load
from classifiers.bench_command import bench_command
from classifiers.corpora.commands import corpora
from classifiers.evaluation import evaluate
from classifiers.evasion.commands import evasion
from classifiers.lines import answers
from classifiers.model import Model
from classifiers.models import models
from classifiers.promise import sentences
from classifiers.refusing import refusals
from classifiers.report import print_report, print_seed_report
from classifiers.seed import seed_rows
from classifiers.seed_check import check_seed
from classifiers.table import Row, evaluation_rows
from classifiers.train_command import train_command

_File = click.Path(exists=True, dir_okay=False, path_type=Path)
_Folder = click.Path(file_okay=False, path_type=Path)


@click.group()
def main() -> None:
    """Train, measure and use a classifier of propaganda. Tables are CSV in UTF-8 with the columns
    text,label and, where there is one, split,lang,group,harm,purpose,pair."""


def _console() -> Console:
    """The terminal as it is; a file or pipe as wide as the widest table."""
    console = Console()
    return console if console.is_terminal else Console(width=180)


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
    with refusals():
        model = load(directory)
        rows = [row for path in tables for row in evaluation_rows(path, split, group_by)]
        promised = model.about.get("threshold")
        report = evaluate(model, rows) | {"promised": promised}
        if card is not None:
            _write_card(card, model, rows, tables, columns)
    if as_json:
        click.echo(json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print_report(report, _console())
        for sentence in sentences(promised) if promised else ():
            click.echo(sentence)


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
    promised = model.about.get("threshold")
    notes = sentences(promised) if promised else ()
    scored = scored_rows(
        rows, scores, model.threshold, model.version, data, axes, threshold_notes=notes
    )
    write_card(directory, measure(scored))


@main.command("predict")
@click.option("--model", "directory", type=_Folder, required=True, help="Directory of the model.")
def predict_command(directory: Path) -> None:
    """Read JSON lines {"text": ...} from standard input, write one prediction a line."""
    with refusals():
        model = load(directory)
    with click.open_file("-", encoding="utf-8", errors="surrogateescape") as source:
        for answer in answers(model, source):
            click.echo(json.dumps(answer))


@main.command("check-seed")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def check_seed_command(as_json: bool) -> None:
    """Check the shipped examples; exit code 1 when a rule is broken."""
    with refusals():
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
main.add_command(train_command)
