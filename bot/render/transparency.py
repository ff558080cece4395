"""Open figures as JSON and CSV, and the names of what is counted."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from bot.domain.codes import HarmCode
from bot.domain.language import NOT_TOLD
from bot.domain.receipt import ReplyCode
from bot.domain.transparency import FEWEST, OpenFigures
from bot.render.names import language_name
from bot.texts import say

SCHEMA = "saring-transparency-1"
_LANGUAGES = ("languages", "referred_languages")
_CODES = ("decisions", "referred_codes")


@dataclass(frozen=True)
class Publisher:
    """Who answers for the figures. contact: empty where none is set."""

    operator: str
    contact: str


def figures_json(figures: OpenFigures, publisher: Publisher) -> bytes:
    """As docs/transparency.schema.json says."""
    period, waits = figures.period, figures.time_to_answer
    record = {
        "schema": SCHEMA,
        "operator": publisher.operator,
        "contact": publisher.contact,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "timezone": period.timezone,
        "made_at": figures.made_at.isoformat(),
        "fewest_shown": FEWEST,
        "tables": {
            table.name: {"total": table.total, "cells": dict(table.cells)}
            for table in figures.tables
        },
        "time_to_answer": {
            "median_seconds": round(waits.median.total_seconds()) if waits else None,
            "percentile_95_seconds": round(waits.slowest.total_seconds()) if waits else None,
        },
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def figures_csv(figures: OpenFigures, language: str) -> bytes:
    """A line a count, with names in a language; UTF-8 with the mark that Excel wants."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(["from", "to", "table", "cell", "name", "count"])
    writer.writerows(_lines(figures, language))
    return stream.getvalue().encode("utf-8-sig")


def _lines(figures: OpenFigures, language: str) -> Iterator[list[object]]:
    days = [figures.period.first.isoformat(), figures.period.last.isoformat()]
    for table in figures.tables:
        yield [*days, table.name, "total", said(language, "open-total"), table.total]
        for cell, count in table.cells.items():
            yield [*days, table.name, cell, cell_name(table.name, cell, language), count]
    waits = figures.time_to_answer
    for cell, name, wait in (
        ("median_seconds", said(language, "open-waits-median"), waits.median if waits else None),
        (
            "percentile_95_seconds",
            said(language, "open-waits-slowest"),
            waits.slowest if waits else None,
        ),
    ):
        seconds = round(wait.total_seconds()) if wait is not None else ""
        yield [*days, "time_to_answer", cell, name, seconds]


def cell_name(table: str, cell: str, language: str) -> str:
    """What is counted in a cell, as its reader calls it."""
    key = cell.lower().replace("_", "-")
    if table in _LANGUAGES and cell not in (NOT_TOLD, "unrecorded"):
        return language_name(cell, language).unescape()
    if table in _CODES:
        return said(language, f"harm-{key}" if cell in set(HarmCode) else f"purpose-{key}")
    if table == "outcomes" and cell in set(ReplyCode):
        return said(language, f"reply-{key}").splitlines()[0]
    if table == "askers":
        return said(language, f"wanted-{key}")
    table = "languages" if table in _LANGUAGES else table
    return said(language, f"open-cell-{table}-{key}")


def said(language: str, key: str) -> str:
    return say(language, key).unescape()
