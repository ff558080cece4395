"""A report as a table for people and as plain values for JSON."""

from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from classifiers.evasion.measuring import KEPT_AIM, Outcome, Report
from classifiers.intervals import Estimate

_HEADINGS = ("tricks", "n+", "recall clean", "recall", "kept", "n-", "flagged clean", "flagged")


def as_json(report: Report) -> dict[str, Any]:
    """The report as JSON takes it; the three verdicts beside each outcome."""
    outcomes = [
        asdict(outcome)
        | {
            "keeps_recall": outcome.keeps_recall,
            "flags_no_more": outcome.flags_no_more,
            "rise_is_chance": outcome.rise_is_chance,
        }
        for outcome in report.outcomes
    ]
    return asdict(report) | {"outcomes": outcomes}


def show(report: Report, console: Console) -> None:
    """Print a table with every outcome, then what missed its aim, in words."""
    console.print(
        f"{report.model_version}, threshold {report.threshold:.3f}; {report.n} rows, "
        f"{report.positives} positive; {100 * report.share:.0f} % of the words changed. "
        "In brackets: 95 % intervals.",
        markup=False,
        highlight=False,
    )
    table = Table(*_HEADINGS, box=box.SIMPLE_HEAD, pad_edge=False)
    for outcome in report.outcomes:
        table.add_row(*_cells(outcome))
    console.print(table)
    for sentence in _sentences(report):
        console.print(sentence, markup=False, highlight=False)


def _cells(outcome: Outcome) -> tuple[str, ...]:
    n_positive = outcome.recall.n if outcome.recall else 0
    n_benign = outcome.flag_rate.n if outcome.flag_rate else 0
    return (
        outcome.name,
        str(n_positive),
        _percent(outcome.recall_clean),
        _percent(outcome.recall),
        _percent(outcome.recall_kept) + ("" if outcome.keeps_recall else " !"),
        str(n_benign),
        _percent(outcome.flag_rate_clean),
        _percent(outcome.flag_rate) + ("" if outcome.rise_is_chance else " !"),
    )


def _percent(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{100 * estimate.value:.1f}"
    return f"{100 * estimate.value:.1f} ({100 * estimate.low:.0f}-{100 * estimate.high:.0f})"


def _sentences(report: Report) -> list[str]:
    count = len(report.outcomes)
    lost = [outcome.name for outcome in report.outcomes if not outcome.keeps_recall]
    more = [outcome.name for outcome in report.outcomes if not outcome.flags_no_more]
    sure = [outcome.name for outcome in report.outcomes if not outcome.rise_is_chance]
    return [
        f"Recall below {100 * KEPT_AIM:.0f} % of the clean one: {_listed(lost, count)}.",
        f"More benign posts flagged than clean: {_listed(more, count)}.",
        f"Of these more than chance gives (one-sided 5 %): {_listed(sure, count)}.",
    ]


def _listed(names: list[str], count: int) -> str:
    listed = f": {', '.join(names)}" if names else ""
    return f"{len(names)} of {count}{listed}"
