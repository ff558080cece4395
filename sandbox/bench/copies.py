"""What looking for near-identical copies costs, and how many it finds, however much was flagged.

Posts are made of the words of the shipped examples; a stated share of them are copies of a few
templates, as where a channel network posts the same lines again and again.
"""

import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.storage import schema
from bot.storage.database import Database
from bot.storage.near_duplicates import fingerprint
from classifiers.seed import seed_rows

TEMPLATES: Final = 50
TEMPLATE_SHARE: Final = 0.3  # of all posts are copies of a template, each with a word changed
_CHUNK: Final = 20_000  # posts of which the hashes are held in memory at once
_NOW: Final = datetime(2026, 3, 2, tzinfo=UTC)
Spent = tuple[float, float]
CHANGES: Final = ("as it was", "emoji", "prefix", "footer", "10 % words")


@dataclass(frozen=True)
class Found:
    """Of one size: milliseconds of each look-up, on the clock and of the processor; and the share
    of copies that joined their case.
    """

    posts: int
    fresh: list[Spent]
    copies: list[Spent]
    recall: dict[str, float]

    def lines(self) -> Iterator[str]:
        yield f"  {self.posts:>9,} posts, {TEMPLATE_SHARE:.0%} of them of {TEMPLATES} templates"
        for what, times in (("of new words", self.fresh), ("of a copy", self.copies)):
            walls = [wall for wall, _ in times]
            middle, slow = statistics.median(walls), statistics.quantiles(walls, n=20)[-1]
            cpu = statistics.fmean(cpu for _, cpu in times)
            yield (
                f"    look-up {what:<13} {middle:6.1f} ms, 95th {slow:6.1f} ms; "
                f"{cpu:5.2f} ms of the processor (n = {len(times)})"
            )
        said = ", ".join(f"{change} {share:.3f}" for change, share in self.recall.items())
        yield f"    joined their case: {said}"


class Words:
    """Posts of 15 to 60 words as the shipped examples have them; seeded, the same in every run."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same in every run, no secret
        self._words: dict[str, list[str]] = {}
        for row in seed_rows():
            self._words.setdefault(row.lang, []).extend(row.text.split())
        self._templates = [self.fresh() for _ in range(TEMPLATES)]

    def fresh(self) -> str:
        words = self._random.choice(list(self._words.values()))
        return " ".join(self._random.choices(words, k=self._random.randint(15, 60)))

    def post(self) -> tuple[str, bool]:
        """A post, and whether it is a copy of a template."""
        if self._random.random() < TEMPLATE_SHARE:
            return self._replaced(self._random.choice(self._templates), 1), True
        return self.fresh(), False

    def changed(self, text: str, change: str) -> str:
        """The text as somebody else would post it."""
        if change == "emoji":
            return f"🔥🔥 {text} 🔥"
        if change == "prefix":
            return f"Hoaks, jangan sebarkan: {text}"
        if change == "footer":
            return f"{text}\n\nIkuti kami: https://t.me/saluran_lain @saluran_lain"
        if change == "10 % words":
            return self._replaced(text, max(1, len(text.split()) // 10))
        return text

    def _replaced(self, text: str, count: int) -> str:
        words = text.split()
        for place in self._random.sample(range(len(words)), count):
            words[place] = self._random.choice(words)
        return " ".join(words)


async def measure(sizes: Sequence[int] = (10_000, 100_000), probes: int = 200) -> list[str]:
    """The report's lines. probes: look-ups for each figure."""
    lines = ["Near-identical copies among flagged posts (SQLite)"]
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="saring-bench-") as folder:
            found = await _measure(size, Path(folder) / "bench.db", probes)
        lines += found.lines()
    return lines


async def _measure(size: int, file: Path, probes: int) -> Found:
    schema.migrate(f"sqlite:///{file}")
    words = Words(size)
    singles = await asyncio.to_thread(_fill, file, size, words, probes)
    database = Database(f"sqlite:///{file}")
    try:
        fresh = [await _timed(database, words.fresh()) for _ in range(probes)]
        copies, recall = list[Spent](), dict[str, float]()
        for change in CHANGES:
            asked = [
                (case, *await _timed(database, words.changed(text, change)))
                for case, text in singles
            ]
            copies += [spent for _, spent, _ in asked]
            recall[change] = sum(case == found for case, _, found in asked) / len(asked)
    finally:
        await database.close()
    return Found(size, [spent for spent, _ in fresh], copies, recall)


async def _timed(database: Database, text: str) -> tuple[Spent, int | None]:
    """Milliseconds of the look-up, and the case that the text joins."""
    print_ = fingerprint(text)
    async with database.look() as work:
        wall, cpu = time.perf_counter(), time.process_time()
        found = await work.near_duplicates.find(print_, _NOW)
        spent = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
    return spent, found.case_id if found and found.joins else None


def _fill(file: Path, size: int, words: Words, probes: int) -> list[tuple[int, str]]:
    """Puts posts with their hashes there; some that are no template's, with their cases.

    Each post gets a case of its own: what is measured is which one is named.
    """
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous=OFF")
    at = _parents(connection)
    places = random.Random(1)  # noqa: S311 - as above
    chosen = set(places.sample(range(1, size + 1), min(size, probes * 2)))
    singles = list[tuple[int, str]]()
    for first in range(1, size + 1, _CHUNK):
        texts = {i: words.post() for i in range(first, min(first + _CHUNK, size + 1))}
        for i, (text, is_template) in texts.items():
            if i in chosen and not is_template and len(singles) < probes:
                singles.append((i, text))
        _insert(connection, {i: text for i, (text, _) in texts.items()}, at)
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()
    return singles


def _parents(connection: sqlite3.Connection) -> str:
    """A channel and a post that all revisions belong to; the moment at which all was seen."""
    at = (_NOW - timedelta(days=1)).replace(tzinfo=None).isoformat(" ", "microseconds")
    connection.execute(
        "INSERT INTO channels (id, chat_id, username, username_key, title, state, added_at) "
        "VALUES (1, -1001, 'x', 'x', 'X', 'watching', ?)",
        (at,),
    )
    connection.execute(
        "INSERT INTO posts (id, channel_id, message_id, source, posted_at, seen_at, is_readable) "
        "VALUES (1, 1, 1, 'bot', ?, ?, 1)",
        (at, at),
    )
    return at


def _insert(connection: sqlite3.Connection, texts: dict[int, str], at: str) -> None:
    connection.executemany(
        "INSERT INTO cases (id, opened_at) VALUES (?, ?)", ((i, at) for i in texts)
    )
    connection.executemany(
        "INSERT INTO revisions (id, post_id, number, text, entities, media, content_hash, seen_at, "
        "is_judged, source) VALUES (?, 1, ?, ?, '[]', '[]', '', ?, 1, 'bot')",
        ((i, i, text, at) for i, text in texts.items()),
    )
    rows = sorted(
        (band, i, i, at) for i, text in texts.items() for band in set(fingerprint(text).bands)
    )
    connection.executemany("INSERT INTO bands VALUES (?, ?, ?, ?)", rows)
    connection.commit()
