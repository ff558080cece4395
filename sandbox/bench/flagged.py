"""Flagged posts by the million, put straight into the tables in which look-up reads them.

A stated share of the posts are versions of a few templates, as where a network of channels posts
the same lines again and again. The rows are those that the real code would have written; a sample
of the hashes is compared with what it makes.
"""

import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray

from bot.storage.near_duplicates import Fingerprint, fingerprint, fingerprint_plain
from classifiers import normalise
from classifiers.seed import seed_rows

TEMPLATES: Final = 50
TEMPLATE_SHARE: Final = 0.3  # of all posts are of a template, each with a word replaced
NOW: Final = datetime(2026, 3, 2, tzinfo=UTC)
_CHUNK: Final = 20_000  # posts whose rows are held in memory at once
_CHECKED: Final = 500  # of so many posts the hashes of one are compared with the real ones
_DAYS: Final = 29  # over which the posts came, the newest a day ago
_COLUMNS: Final = {
    "channels": "id, chat_id, username, username_key, title, state, added_at",
    "posts": "id, channel_id, message_id, source, posted_at, seen_at, is_readable",
    "cases": "id, opened_at",
    "revisions": "id, post_id, number, text, entities, media, content_hash, seen_at, is_judged, "
    "source",
    "wordings": "id, hash",
    "sightings": "revision_id, wording_id, case_id, seen_at",
    "bands": "band, wording_id",
}
_INDEX_OF_BANDS: Final = "SELECT sql FROM sqlite_master WHERE name = 'ix_bands_wording_id'"
Insert = Callable[[str, Iterable[Sequence[Any]]], None]


@dataclass(frozen=True)
class Line:
    """A text as it was written and as it is normalised; the language of its words."""

    lang: str
    written: tuple[str, ...]
    plain: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.written)


class Words:
    """Posts of 15 to 60 words as the shipped examples have them; seeded, the same in every run."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same in every run, no secret
        self._words: dict[str, list[tuple[str, str]]] = {}
        for row in seed_rows():
            known = self._words.setdefault(row.lang, [])
            known += [(word, plain) for word in row.text.split() if (plain := _alone(word))]
        self._langs = list(self._words)
        self.templates = [self.fresh() for _ in range(TEMPLATES)]

    def fresh(self) -> Line:
        lang = self._random.choice(self._langs)
        drawn = self._random.choices(self._words[lang], k=self._random.randint(15, 60))
        return Line(lang, tuple(word for word, _ in drawn), tuple(plain for _, plain in drawn))

    def post(self) -> tuple[Line, int | None]:
        """A post, and the place of the template that it is a version of."""
        if self._random.random() < TEMPLATE_SHARE:
            place = self._random.randrange(TEMPLATES)
            return self.replaced(self.templates[place], 1), place
        return self.fresh(), None

    def replaced(self, line: Line, count: int) -> Line:
        """With so many words of the same language in place of others."""
        written, plain = list(line.written), list(line.plain)
        for place in self._random.sample(range(len(written)), count):
            written[place], plain[place] = self._random.choice(self._words[line.lang])
        return Line(line.lang, tuple(written), tuple(plain))


@cache
def _alone(word: str) -> str:
    """The word as it is normalised in any surroundings; "" where these would matter."""
    plain = normalise(word)
    return plain if len(plain) > 1 and " " not in plain and normalise(plain) == plain else ""


@dataclass
class Filled:
    """What lies in the database. singles, versions: some posts of no template, and of one, each
    with its case.
    """

    posts: int
    wordings: int = 0
    singles: list[tuple[int, Line]] = field(default_factory=list)
    versions: list[tuple[int, Line]] = field(default_factory=list)


def fill(size: int, words: Words, probes: int, insert: Insert) -> Filled:
    """Puts posts there: a case for each, and one for all versions of a template.

    Tables come in chunks in the order of their rows, and bands last in that of their own: at a
    million posts, putting each band where it belongs would take hours.
    """
    filled, cases, known = Filled(size), dict[int, int](), dict[int, int]()
    owners, hashes = list[int](), list[NDArray[np.int64]]()
    insert("channels", [(1, -1001, "x", "x", "X", "watching", _seen_at(0, size))])
    insert("posts", [(1, 1, 1, "bot", _seen_at(0, size), _seen_at(0, size), True)])
    for first in range(1, size + 1, _CHUNK):
        made = _Made()
        for number in range(first, min(first + _CHUNK, size + 1)):
            line, template = words.post()
            case_id = number if template is None else cases.setdefault(template, number)
            print_ = _fingerprint(line, is_checked=number % _CHECKED == 1)
            wording_id = known.setdefault(print_.hash, number)
            if wording_id == number:
                owners.append(number)
                hashes.append(np.array(print_.bands))
            made.add(number, line.text, case_id, wording_id, print_.hash, _seen_at(number, size))
            _choose(filled, number, probes, (case_id, line), is_single=template is None)
        made.insert(insert)
    filled.wordings = len(owners)
    insert("bands", _in_order(np.array(owners), np.array(hashes)))
    return filled


class _Made:
    """Rows of a chunk."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Sequence[Any]]] = {
            table: [] for table in ("cases", "revisions", "wordings", "sightings")
        }

    def add(
        self, number: int, text: str, case_id: int, wording_id: int, hash_: int, seen_at: str
    ) -> None:
        if case_id == number:
            self._rows["cases"].append((case_id, seen_at))
        self._rows["revisions"].append(
            (number, 1, number, text, "[]", "[]", "", seen_at, True, "bot")
        )
        if wording_id == number:
            self._rows["wordings"].append((wording_id, hash_))
        self._rows["sightings"].append((number, wording_id, case_id, seen_at))

    def insert(self, insert: Insert) -> None:
        for table, rows in self._rows.items():
            insert(table, rows)


def _fingerprint(line: Line, *, is_checked: bool) -> Fingerprint:
    """Without normalising the text, for its words are; that both agree is checked now and then."""
    print_ = fingerprint_plain(" ".join(line.plain))
    if is_checked and print_ != fingerprint(line.text):
        raise AssertionError(f"this text has other hashes than were prepared: {line.text}")
    return print_


def _choose(
    filled: Filled, number: int, probes: int, post: tuple[int, Line], *, is_single: bool
) -> None:
    """Takes posts to look for later from all over the database."""
    chosen = filled.singles if is_single else filled.versions
    if len(chosen) < probes * number / filled.posts:
        chosen.append(post)


def _in_order(owners: NDArray[np.int64], hashes: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Rows of bands by band and wording."""
    flat = hashes.ravel()
    order = np.argsort(flat, kind="stable")
    last = None
    for first in range(0, len(order), _CHUNK):
        some = order[first : first + _CHUNK]
        for row in zip(flat[some].tolist(), owners[some // hashes.shape[1]].tolist(), strict=True):
            if row != last:  # two of a text's bands may be the same number
                yield row
            last = row


def _seen_at(number: int, size: int) -> str:
    """As both databases read it, in UTC."""
    moment = NOW - timedelta(days=_DAYS) + timedelta(days=_DAYS - 1) * number / size
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


@contextmanager
def into_sqlite(file: Path) -> Iterator[Insert]:
    """Puts rows into a migrated file."""
    connection = sqlite3.connect(file)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000"):
        connection.execute(f"PRAGMA {pragma}")
    (index,) = connection.execute(_INDEX_OF_BANDS).fetchone()
    connection.execute("DROP INDEX ix_bands_wording_id")

    def insert(table: str, rows: Iterable[Sequence[Any]]) -> None:
        columns = _COLUMNS[table]
        marks = ", ".join("?" * len(columns.split(",")))
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608
        connection.commit()

    try:
        yield insert
        connection.execute(index)
        connection.commit()
    finally:
        connection.close()


@contextmanager
def into_postgresql(address: str) -> Iterator[Insert]:
    """Puts rows into a migrated database of a server that is ours."""
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("session_replication_role = replica", "timezone = 'UTC'"):
            connection.execute(f"SET {setting}")  # keys are not looked through row by row
        connection.execute("DROP INDEX ix_bands_wording_id")

        def insert(table: str, rows: Iterable[Sequence[Any]]) -> None:
            copying = f"COPY {table} ({_COLUMNS[table]}) FROM STDIN"
            with connection.cursor() as cursor, cursor.copy(copying) as copy:
                for row in rows:
                    copy.write_row(row)

        yield insert
        connection.execute("CREATE INDEX ix_bands_wording_id ON bands (wording_id)")
        connection.execute("VACUUM ANALYZE")
