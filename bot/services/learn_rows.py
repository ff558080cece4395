"""Turns decisions into what a candidate is trained on: once each, nobody's flood, nothing reserved.

The rows are asked of the database for each training and are never kept in a table of their own, so
that what is undone, withdrawn or forgotten is gone from the next training by itself.
"""

import csv
import hashlib
import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from bot.domain.learning import FREE_ROWS, LearntRow, Lesson
from classifiers import normalise

_HEADER = ("text", "label", "harm", "purpose", "group")


def lesson(
    rows: Sequence[LearntRow], reserved: Collection[str], known: Mapping[str, bool]
) -> Lesson:
    """The rows that teach, in their order.

    reserved: texts (as `text_key` writes them) that stay out, because models are compared on them.
    known: whether a text of the seed corpus is propaganda; decisions against it stay out.
    """
    free = [(text_key(row.text), row) for row in rows]
    open_to_learn = [(key, row) for key, row in free if key and key not in reserved]
    agreed = _without_contradictions(open_to_learn, known)
    distinct = _once_each(agreed)
    taught = _capped(distinct)
    return Lesson(
        rows=tuple(taught),
        capped=len(distinct) - len(taught),
        contradictory=len(open_to_learn) - len(agreed),
        repeated=len(agreed) - len(distinct),
        reserved=len(free) - len(open_to_learn),
    )


def text_key(text: str) -> str:
    """What two texts share that read the same: normalised, without case and extra blanks."""
    return " ".join(normalise(text).casefold().split())


def _without_contradictions(
    rows: Sequence[tuple[str, LearntRow]], known: Mapping[str, bool]
) -> list[tuple[str, LearntRow]]:
    """Rows whose text was never decided the other way; only people can tell which is right."""
    said: dict[str, set[bool]] = {}
    for key, row in rows:
        said.setdefault(key, {known[key]} if key in known else set()).add(row.is_propaganda)
    return [(key, row) for key, row in rows if len(said[key]) == 1]


def _once_each(rows: Sequence[tuple[str, LearntRow]]) -> list[LearntRow]:
    return list({key: row for key, row in reversed(rows)}.values())[::-1]


def _capped(rows: Sequence[LearntRow]) -> list[LearntRow]:
    """At most as many rows of one person as of all others together, or 50 where that is more.

    Which ones stay is drawn by hash: neither the first nor the last of a flood.
    """
    of_each = Counter(row.person_id for row in rows)
    dropped = set[int]()
    for person_id, count in of_each.items():
        most = max(FREE_ROWS, len(rows) - count)
        if count > most:
            theirs = [row.card_id for row in rows if row.person_id == person_id]
            dropped |= set(sorted(theirs, key=_lot)[most:])
    return [row for row in rows if row.card_id not in dropped]


def _lot(card_id: int) -> bytes:
    return hashlib.sha256(str(card_id).encode()).digest()


def write_rows(path: Path, rows: Sequence[LearntRow]) -> None:
    """Writes a table that `python -m classifiers train` reads; only this user can read it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="replace", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(_HEADER)
        for row in rows:
            table.writerow(
                (
                    row.text.replace("\x00", " "),
                    int(row.is_propaganda),
                    row.harm or "",
                    row.purpose or "",
                    "decision",
                )
            )
