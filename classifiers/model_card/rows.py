"""Rows of a table, with the scores they were given, as what a model card measures."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from classifiers.errors import TableError
from classifiers.intervals import F64
from classifiers.model_card.measured import Recall, Scored
from classifiers.model_card.slices import Names
from classifiers.table import Row


def scored_rows(
    rows: Sequence[Row],
    scores: F64,
    threshold: float,
    model_version: str,
    data: str,
    more_axes: Mapping[str, Names] | None = None,
    about: Mapping[str, str] | None = None,
    recall_elsewhere: Recall | None = None,
    threshold_notes: tuple[str, ...] = (),
) -> Scored:
    """Language, group, harm and purpose as axes, each where any row has it.

    Benign posts are told apart by purpose and by group, and by every axis of `more_axes`.
    """
    own = {
        "language": [_named(row.lang) for row in rows],
        "group": [_named(row.group) for row in rows],
        "harm": [row.harm for row in rows],
        "purpose": [_named(row.purpose) for row in rows],
    }
    axes: dict[str, Names] = {name: names for name, names in own.items() if any(names)}
    axes |= more_axes or {}
    kinds = [name for name in ("purpose", "group", *(more_axes or ())) if name in axes]
    return Scored(
        model_version=model_version,
        data=data,
        threshold=threshold,
        scores=scores,
        positive=np.array([row.label == 1 for row in rows]),
        texts=[row.text for row in rows],
        axes=axes,
        kinds=tuple(dict.fromkeys(kinds)),
        about=about or {},
        recall_elsewhere=recall_elsewhere,
        threshold_notes=threshold_notes,
    )


def column_axis(path: Path, column: str, rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """What a column of the file says of each of its rows; a cell may hold several names, "A|B".

    rows: read from that file, by `classifiers.table`, in any order and number.
    Raises TableError where the file has no such column.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = list(csv.reader(stream))
    header = [name.strip() for name in cells[0]]
    if column not in header:
        raise TableError(
            f"{path.name}, row 1: column {column} is missing (found: {', '.join(header)})."
        )
    place = header.index(column)
    split = [[name.strip() for name in cells[row.row - 1][place].split("|")] for row in rows]
    return [tuple(name for name in names if name) for names in split]


def _named(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()
