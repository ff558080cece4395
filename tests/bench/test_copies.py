"""The measurement measures; what it measures is not judged here."""

import re
import sqlite3
from pathlib import Path

import pytest

from bot.storage import schema
from bot.storage.database import Database
from bot.storage.near_duplicates import fingerprint
from sandbox.bench import copies
from sandbox.bench.flagged import NOW, Words, fill, into_sqlite


async def test_it_builds_looks_up_and_prints_what_it_measured() -> None:
    head, size, *spent, posts, templates = await copies.measure(sizes=[60], probes=5)

    assert "Near-identical copies" in head
    assert re.search(r"60 posts, 30% of them of 50 templates: \d\d different texts, \d MB", size)
    for line, count in zip(spent, (5, 40, 40, 30, 5), strict=True):
        assert re.search(rf" ms, 95th .* ms of the processor \(n = {count}\)$", line)
    for line in (posts, templates):
        assert line.count(" 1.000") >= 4
        assert len(re.findall(r" \d\.\d{3}", line)) == len(copies.CHANGES)


@pytest.fixture
def filled_file(tmp_path: Path) -> Path:
    file = tmp_path / "bench.db"
    schema.migrate(f"sqlite:///{file}")
    with into_sqlite(file) as insert:
        fill(60, Words(3), 5, insert)
    return file


async def test_prepared_rows_are_those_that_the_bot_writes(filled_file: Path) -> None:
    connection = sqlite3.connect(filled_file)
    prepared = [connection.execute(f"SELECT * FROM {one}").fetchall() for one in TABLES]
    flagged = connection.execute(
        "SELECT id, text, case_id FROM revisions JOIN sightings ON revision_id = id ORDER BY id"
    ).fetchall()
    connection.executescript("".join(f"DELETE FROM {one};" for one in ("bands", *TABLES[:2])))
    connection.close()

    database = Database(f"sqlite:///{filled_file}")
    async with database.work() as work:
        for revision_id, text, case_id in flagged:
            await work.near_duplicates.keep(fingerprint(text), revision_id, case_id, NOW)
        await work.commit()
    await database.close()

    connection = sqlite3.connect(filled_file)
    for table, rows in zip(TABLES, prepared, strict=True):
        columns = 3 if table == "sightings" else 2  # all but the moment
        kept = connection.execute(f"SELECT * FROM {table}").fetchall()
        assert sorted(row[:columns] for row in kept) == sorted(row[:columns] for row in rows)
    connection.close()


TABLES = ("sightings", "wordings", "bands")
