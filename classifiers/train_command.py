"""`python -m classifiers train`: rows in; a model and its card out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from classifiers.artefact import load
from classifiers.calibration import Goal
from classifiers.contest import Contest, hold_contest
from classifiers.corpora.catalogue import load_catalogue
from classifiers.corpora.provenance import facts, origins
from classifiers.held_out import Advance, Say
from classifiers.model import Model
from classifiers.promise import sentences
from classifiers.refusing import refusals
from classifiers.seed import fit_seed, seed_rows
from classifiers.table import training_rows
from classifiers.training import Trained, fit

_File = click.Path(exists=True, dir_okay=False, path_type=Path)
_Folder = click.Path(file_okay=False, path_type=Path)
_SHARE = click.FloatRange(0, 1, min_open=True)


@click.command("train")
@click.option("--data", "tables", type=_File, multiple=True, help="A table to learn from.")
@click.option("--seed", is_flag=True, help="Learn from the examples shipped with the project.")
@click.option("--out", type=_Folder, required=True, help="Directory for the model and its card.")
@click.option(
    "--recall", "--target-recall", type=_SHARE, help="Find at least this share of the positives."
)
@click.option("--max-benign-rate", type=_SHARE, help="Flag at most this share of the benign.")
@click.option(
    "--flags-per-day",
    type=click.FloatRange(0, min_open=True),
    help="The same as a number: with --posts-per-day.",
)
@click.option(
    "--posts-per-day", type=click.IntRange(1), help="How many posts a day will be read, in all."
)
@click.option(
    "--allow-corpus",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="Learn from this corpus though its licence does not clearly allow to ship the model.",
)
@click.option(
    "--champion",
    type=_Folder,
    help="Directory of a model to compare with, on the folds of this training.",
)
@click.option(
    "--champion-learnt",
    "champion_tables",
    type=_File,
    multiple=True,
    help="A table of rows that the champion learnt from; --seed counts as one.",
)
@click.option(
    "--contest",
    "contest_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the scores of both go, as JSON without texts: with --champion.",
)
@click.option("--card/--no-card", default=True, show_default=True, help="card.md and card.html.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of sentences.")
def train_command(
    tables: tuple[Path, ...],
    seed: bool,
    out: Path,
    recall: float | None,
    max_benign_rate: float | None,
    flags_per_day: float | None,
    posts_per_day: int | None,
    allowed: tuple[str, ...],
    champion: Path | None,
    champion_tables: tuple[Path, ...],
    contest_file: Path | None,
    card: bool,
    as_json: bool,
) -> None:
    """Fit on rows of split `train`, or on all rows of a table without that column.

    Without a target, the threshold is the one of best macro-F1; with two, the higher one wins.
    """
    if not tables and not seed:
        raise click.UsageError("Nothing to learn from: give --data FILE or --seed.")
    if (champion is None) != (contest_file is None):
        raise click.UsageError("--champion and --contest go together.")
    goal = _goal(recall, max_benign_rate, flags_per_day, posts_per_day)
    with refusals(), _progress() as (say, advance):
        rival = load(champion) if champion else None
        trained = _fitted(tables, seed, goal, allowed, say, advance)
        trained.model.save(out)
        if rival and contest_file:
            _hold_contest(trained, rival, champion_tables, seed, advance).save(contest_file)
        cards = _write_card(trained, out) if card else ()
    if as_json:
        click.echo(json.dumps(_described(trained, out, cards), ensure_ascii=False, allow_nan=False))
    else:
        click.echo("\n".join(_summary(trained, out, cards)))


def _goal(
    recall: float | None, rate: float | None, flags: float | None, posts: int | None
) -> Goal | None:
    if (flags is None) != (posts is None):
        raise click.UsageError("--flags-per-day and --posts-per-day go together.")
    if flags is None or posts is None:
        return None if recall is None and rate is None else Goal(recall, rate)
    if rate is not None:
        raise click.UsageError("--max-benign-rate and --flags-per-day say the same: give one.")
    try:
        return Goal.flags_per_day(flags, posts, recall)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


@contextmanager
def _progress() -> Iterator[tuple[Say, Advance]]:
    """A bar on standard error, and sentences above it."""
    columns = (TextColumn("training"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("training", total=1.0)

        def advance(share: float) -> None:
            progress.update(task, completed=share)

        def say(sentence: str) -> None:
            progress.console.print(sentence, markup=False, highlight=False)

        yield say, advance


def _fitted(
    tables: tuple[Path, ...],
    seed: bool,
    goal: Goal | None,
    allowed: tuple[str, ...],
    say: Say,
    advance: Advance,
) -> Trained:
    rows = training_rows(tables)
    remembered = facts(origins(rows, load_catalogue(), allowed))
    if seed and not tables:
        return fit_seed(seed_rows(), say, advance, goal)
    return fit(rows + (seed_rows() if seed else []), goal, say, advance, remembered)


def _hold_contest(
    trained: Trained, champion: Model, tables: tuple[Path, ...], seed: bool, advance: Advance
) -> Contest:
    learnt = training_rows(tables) + (seed_rows() if seed else [])
    return hold_contest(trained, champion, [row.text for row in learnt], advance)


def _write_card(trained: Trained, out: Path) -> tuple[Path, ...]:
    from classifiers.model_card.training import training_scored
    from classifiers.model_card.writing import measure, write_card  # matplotlib: a second to load

    return write_card(out, measure(training_scored(trained)))


def _described(trained: Trained, out: Path, cards: tuple[Path, ...]) -> dict[str, Any]:
    model = trained.model
    return {
        "model_version": model.version,
        "directory": str(out),
        "threshold": model.threshold,
        "about": model.about,
        "cards": [str(path) for path in cards],
    }


def _summary(trained: Trained, out: Path, cards: tuple[Path, ...]) -> Iterator[str]:
    model = trained.model
    held_out = model.about["held_out"]
    yield (
        f"{model.version} saved in {out}: {model.about['rows']} rows, "
        f"{model.about['positives']} positive. Held out: average precision "
        f"{held_out['average_precision']:.3f}; at the threshold {model.threshold:.3f} macro-F1 "
        f"{held_out['macro_f1']:.3f}, recall {held_out['recall']:.3f}, "
        f"flag rate {held_out['flag_rate']:.3f}."
    )
    yield from sentences(model.about["threshold"])[:-1]
    if not model.about.get("may_ship", True):
        yield "It may not be given away: the licence of a corpus does not clearly allow it."
    if cards:
        yield f"How it was measured: {', '.join(map(str, cards))}"
