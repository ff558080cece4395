"""Evaluations and checks as tables for a terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

from classifiers.codes import HARM_CODES, PURPOSE_CODES
from classifiers.seed_check import STYLES, SeedReport

_SHOWN = (
    "n",
    "positives",
    "roc_auc",
    "average_precision",
    "brier",
    "ece",
    "macro_f1_at_half",
    "macro_f1",
    "precision",
    "recall",
    "flag_rate",
)


def print_report(report: dict[str, Any], console: Console) -> None:
    """Overall figures, then one line per language and per group; a dash where undefined."""
    console.print(
        f"{report['model_version']}, threshold {report['threshold']:.4f}, "
        f"{report['posts_per_second']:,.0f} posts/s",
        highlight=False,
    )
    table = Table(show_edge=False)
    table.add_column("rows")
    for name in _SHOWN:
        table.add_column(name.replace("_", " "), justify="right")
    table.add_row("all", *_cells(report))
    for axis in ("lang", "group"):
        for name, measures in report[f"by_{axis}"].items():
            table.add_row(f"{axis} {name or '(none)'}", *_cells(measures))
    console.print(table, markup=False)


def print_seed_report(report: SeedReport, console: Console) -> None:
    """What the seed corpus holds, a column for each language, then what is wrong with it."""
    table = Table(show_edge=False)
    table.add_column("lines with")
    for language in report.lines:
        table.add_column(language, justify="right")
    for name in ("lines", "benign", "pairs", *HARM_CODES, *PURPOSE_CODES, *STYLES):
        table.add_row(name, *(str(counts.get(name, 0)) for counts in report.lines.values()))
    console.print(table)
    for finding in report.findings:
        console.print(finding, markup=False, highlight=False)
    if not report.findings:
        console.print("Every rule is kept.")


def _cells(measures: dict[str, Any]) -> list[str]:
    return [_cell(measures[name]) for name in _SHOWN]


def _cell(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
