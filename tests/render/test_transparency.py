"""Open figures as JSON, CSV and a page, in both languages."""

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from selectolax.lexbor import LexborHTMLParser

from bot.domain.open_tables import CELLS, PART_OF
from bot.domain.transparency import (
    Group,
    OpenFigures,
    ShownTable,
    Table,
    Waiting,
    period_of,
    shown,
)
from bot.render.transparency import Publisher, figures_csv, figures_json
from bot.render.transparency_page import figures_page
from bot.texts import LANGUAGES
from tests.factories import JAKARTA, NOON

SCHEMA = Path(__file__).parents[2] / "docs" / "transparency.schema.json"
PUBLISHER = Publisher("Yayasan <Contoh>", "aduan@example.org")
COUNTS = {
    "reading": [210, 3, 6_020, 41_380, 977, 6, 132],
    "decisions": [9, 38, 2, 21, 12, 0, 7, 3, 15, 8, 0, 6, 0, 0, 0, 0, 0, 11],
    "languages": [88, 20, 9, 0, 0, 7, 8, 0, 0, 0, 0, 0],
    "referred_codes": [9, 36, 0, 20, 12, 0, 7],
    "referred_languages": [60, 10, 5, 0, 0, 5, 4, 0, 0, 0, 0, 0],
    "outcomes": [41, 6, 8, 0, 0, 0, 11, 0, 0, 18],
    "corrections": [5, 0, 7, 0],
    "withdrawn": [12],
    "askers": [40, 9, 6],
    "watches": [5, 42, 0, 8, 0],
    "gaps": [311, 2],
}


def figures() -> OpenFigures:
    """Half a year, every table with something in it but the undelivered."""
    groups = []
    for group, tables in CELLS.items():
        made = []
        for name, cells in tables.items():
            counts = COUNTS.get(name, [0] * len(cells))
            made.append(Table(name, dict(zip(cells, counts, strict=True)), PART_OF.get(name)))
        groups.append(shown(Group(group, tuple(made))))
    period = period_of(date(2025, 7, 1), date(2025, 12, 31), NOON, JAKARTA)
    waits = Waiting(timedelta(hours=7), timedelta(days=3))
    return OpenFigures(period, NOON, tuple(groups), waits)


FIGURES = figures()
NOTHING = replace(
    FIGURES,
    groups=tuple(
        replace(
            group,
            tables=tuple(
                ShownTable(one.name, 0, dict.fromkeys(one.cells, 0)) for one in group.tables
            ),
        )
        for group in FIGURES.groups
    ),
    time_to_answer=None,
)
EITHER = pytest.mark.parametrize("figures", [FIGURES, NOTHING], ids=["some", "none"])


def grouped(count: int, language: str) -> str:
    return f"{count:,}".replace(",", {"en": ",", "id": "."}[language])


def _parsed(page: bytes) -> LexborHTMLParser:
    return LexborHTMLParser(page.decode())


@EITHER
def test_json_follows_its_schema_and_holds_every_figure(figures: OpenFigures) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    record = json.loads(figures_json(figures, PUBLISHER))

    Draft202012Validator.check_schema(schema)
    said = schema["properties"]["tables"]["properties"]
    assert {name: list(one["properties"]["cells"]["required"]) for name, one in said.items()} == {
        name: list(cells) for tables in CELLS.values() for name, cells in tables.items()
    }
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(record)
    assert record["tables"] == {
        table.name: {"total": table.total, "cells": dict(table.cells)} for table in figures.tables
    }


@pytest.mark.parametrize("count", [1, 4, -1, "5", None, "<4"])
def test_schema_refuses_a_small_count(count: object) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    record = json.loads(figures_json(FIGURES, PUBLISHER))
    assert Draft202012Validator(schema).is_valid(record)

    record["tables"]["gaps"]["cells"]["missed"] = count

    assert not Draft202012Validator(schema).is_valid(record)


@EITHER
@pytest.mark.parametrize("language", LANGUAGES)
def test_csv_has_a_named_line_for_every_figure(figures: OpenFigures, language: str) -> None:
    written = figures_csv(figures, language).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(written)))

    expected = [
        (table.name, cell, str(count))
        for table in figures.tables
        for cell, count in [("total", table.total), *table.cells.items()]
    ]
    assert [(row["table"], row["cell"], row["count"]) for row in rows[:-2]] == expected
    assert all(row["name"] and row["name"][0] not in "=+-@" for row in rows)
    for table in figures.tables:
        names = [row["name"] for row in rows if row["table"] == table.name]
        assert len(names) == len(set(names))


@EITHER
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_stands_alone_and_has_every_figure(figures: OpenFigures, language: str) -> None:
    page = figures_page(figures, PUBLISHER, language)
    parsed = _parsed(page)

    assert not re.search(rb"<script|https?:|//|@import|src=|<link|\son\w+=", page)
    assert b"Yayasan &lt;Contoh&gt;" in page
    assert parsed.css_first("html").attributes["lang"] == language
    for table in figures.tables:
        shown_cells = parsed.css(f'table[aria-labelledby="{table.name}"] td')
        assert [cell.text() for cell in shown_cells] == [
            count if isinstance(count, str) else grouped(count, language)
            for count in (*table.cells.values(), table.total)
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_plots_are_described_and_their_parts_have_names_of_their_own(language: str) -> None:
    parsed = _parsed(figures_page(FIGURES, PUBLISHER, language))

    plots = parsed.css("figure")
    assert len(plots) == 9
    assert all(plot.attributes["role"] == "img" and plot.attributes["aria-label"] for plot in plots)
    ids = [node.attributes["id"] for node in parsed.css("[id]")]
    assert len(ids) == len(set(ids))
    named = {f"#{one}" for one in ids}
    assert {node.attributes["href"] for node in parsed.css("[href]")} <= named


def test_the_same_figures_make_the_same_page() -> None:
    assert figures_page(FIGURES, PUBLISHER, "id") == figures_page(FIGURES, PUBLISHER, "id")


def test_rule_and_hidden_marks_stand_on_the_page() -> None:
    words = _parsed(figures_page(FIGURES, PUBLISHER, "en")).body.text()  # type: ignore[union-attr]

    assert "A count from 1 to 4 could point at somebody" in words
    assert _marks(FIGURES.tables) == {"<5", "*"}


def _marks(tables: Iterable[ShownTable]) -> set[str]:
    return {cell for one in tables for cell in one.cells.values() if isinstance(cell, str)}
