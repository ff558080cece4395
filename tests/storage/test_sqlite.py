"""A statement and its rows in one visit to the connection's thread, and never without its BEGIN."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.errors import StorageError
from bot.storage import sqlite
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

INSERT = "INSERT INTO numbers (n) VALUES (1)"


@pytest.fixture
async def numbers(tmp_path: Path) -> Database:
    """A database of one table, which holds nothing."""
    database = Database(f"sqlite:///{tmp_path / 'numbers.db'}")
    async with database.work() as work:
        await _run(work, "CREATE TABLE numbers (n INTEGER)")
        await work.commit()
    return database


async def _run(work: UnitOfWork, statement: str) -> None:
    await work.connection.execute(text(statement))


async def _count(database: Database) -> int:
    async with database.look() as work:
        return int(await work.connection.scalar(text("SELECT count(*) FROM numbers")) or 0)


async def _opened(work: UnitOfWork) -> sqlite.OneVisit:
    raw = await work.connection.get_raw_connection()
    opened = raw.driver_connection
    assert isinstance(opened, sqlite.OneVisit)
    return opened


async def test_who_is_cancelled_before_a_statement_runs_leaves_nothing_behind(
    numbers: Database,
) -> None:
    is_busy, may_go_on = asyncio.Event(), threading.Event()

    async def insert() -> None:
        async with numbers.work() as work:
            opened = await _opened(work)
            opened._tx.put_nowait((None, may_go_on.wait))
            is_busy.set()
            await _run(work, INSERT)
            raise AssertionError("it was cancelled before")

    task = asyncio.create_task(insert())
    await is_busy.wait()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await _count(numbers) == 0
    async with numbers.work() as work:
        await _run(work, INSERT)
        await work.commit()
    assert await _count(numbers) == 1
    await numbers.close()


async def test_what_was_not_committed_is_gone_and_the_connection_is_free(numbers: Database) -> None:
    async with numbers.work() as work:
        await _run(work, INSERT)
        assert (await _opened(work)).in_transaction
    async with numbers.look() as work:
        assert not (await _opened(work)).in_transaction

    assert await _count(numbers) == 0
    await numbers.close()


async def test_locked_file_is_a_storage_error_and_the_next_transaction_works(
    numbers: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0)
    other = Database(str(numbers.url))
    async with numbers.work() as holding:
        await _run(holding, INSERT)
        with pytest.raises(StorageError, match="locked"):
            async with other.work() as work:
                await _run(work, INSERT)
        await holding.commit()

    async with other.work() as work:
        await _run(work, INSERT)
        await work.commit()
    assert await _count(other) == 2
    await numbers.close()
    await other.close()


@pytest.mark.parametrize("count", [0, 1, sqlite._AT_ONCE, 2 * sqlite._AT_ONCE + 1])
async def test_all_rows_come_whether_at_once_or_one_by_one(numbers: Database, count: int) -> None:
    async with numbers.work() as work:
        row = "SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < :count"
        filled = f"INSERT INTO numbers WITH up (n) AS ({row}) SELECT n FROM up WHERE n <= :count"
        added = await work.connection.execute(text(filled), {"count": count})
        assert added.rowcount == count
        await work.commit()

    asked = text("SELECT n FROM numbers ORDER BY n")
    async with numbers.look() as work:
        at_once = list(await work.connection.scalars(asked))
        one_by_one = [row.n async for row in await work.connection.stream(asked)]

    assert at_once == one_by_one == list(range(1, count + 1))
    await numbers.close()
