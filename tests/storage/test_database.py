"""Transactions: nothing is kept by half, and those who read and then write lose nothing."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, StatementError

from bot.domain.errors import SettingsError, StorageError
from bot.storage import schema
from bot.storage.database import Database, parse_url
from bot.storage.tables import cases
from tests.factories import NOON, Flow

COUNTERS = "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '')"


async def execute(database: Database, statement: str) -> None:
    async with database.work() as work:
        await work.connection.execute(text(statement))
        await work.commit()


async def open_case_and(database: Database, problem: Exception) -> None:
    async with database.work() as work:
        await work.cards.open_case(NOON)
        raise problem


async def read_then_write(database: Database) -> None:
    """Adds one to a number, reading it first and letting others run in between."""
    async with database.work() as work:
        locked = "" if database.is_sqlite else " FOR UPDATE"
        read = text(f"SELECT seq FROM audit_head{locked}")
        number = (await work.connection.execute(read)).scalar_one()
        await asyncio.sleep(0)
        await work.connection.execute(text("UPDATE audit_head SET seq = :n"), {"n": number + 1})
        await work.commit()


async def counted(database: Database) -> int:
    async with database.look() as work:
        return int(await work.connection.scalar(text("SELECT seq FROM audit_head")) or 0)


async def begin_counting(database: Database) -> None:
    async with database.work() as work:
        await work.connection.execute(text(COUNTERS))
        await work.commit()


async def test_sixty_tasks_that_read_and_then_write_lose_nothing(database: Database) -> None:
    await begin_counting(database)

    await asyncio.gather(*(read_then_write(database) for _ in range(60)))

    assert await counted(database) == 60


async def test_several_processes_that_read_and_then_write_lose_nothing(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    await begin_counting(flow.database)
    others = [restarted().database for _ in range(3)]

    await asyncio.gather(*(read_then_write(one) for one in others for _ in range(20)))

    assert await counted(flow.database) == 60


async def test_audit_entries_written_at_once_make_one_chain(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    from bot.domain.audit import verify

    others = [flow, restarted(), restarted()]

    async def write(database: Database) -> None:
        async with database.work() as work:
            await work.audit.write("tested", "nothing 1", NOON, details={"n": 1})
            await work.commit()

    await asyncio.gather(*(write(one.database) for one in others for _ in range(10)))

    async with flow.database.look() as work:
        entries = [entry async for entry in work.audit.entries()]
        newest = await work.audit.newest_hash()
    assert verify(entries) == 30
    assert entries[-1].hash == newest


async def test_leaving_without_commit_keeps_nothing(database: Database) -> None:
    async with database.work() as work:
        await work.cards.open_case(NOON)

    async with database.look() as work:
        assert await work.cards.count_cases() == 0


async def test_error_keeps_nothing_and_the_next_transaction_works(database: Database) -> None:
    with pytest.raises(RuntimeError):
        await open_case_and(database, RuntimeError("in the middle"))

    async with database.work() as work:
        await work.cards.open_case(NOON)
        await work.commit()
    async with database.look() as work:
        assert await work.cards.count_cases() == 1


async def test_refused_constraint_is_told_apart_from_a_broken_database(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await execute(database, "INSERT INTO sightings VALUES (1, 1, 1, NULL)")
    with pytest.raises(StorageError, match="doctor"):
        await execute(database, "SELECT * FROM no_such_table")


async def test_foreign_keys_are_on_for_every_connection(database: Database) -> None:
    for _ in range(3):
        with pytest.raises(IntegrityError):
            await execute(
                database, "INSERT INTO desks (person_id, is_on_duty, view) VALUES (9, true, 'idle')"
            )


async def test_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    async with database.work() as writing:
        await writing.cards.open_case(NOON)
        async with asyncio.timeout(5), database.look() as reading:
            assert await reading.cards.count_cases() == 0
        await writing.commit()


async def test_times_come_back_as_the_same_moment_in_utc(database: Database) -> None:
    jakarta = timezone(timedelta(hours=7))
    moment = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=jakarta)
    async with database.work() as work:
        await work.connection.execute(insert(cases).values(opened_at=moment))
        await work.commit()
    async with database.look() as work:
        kept = await work.connection.scalar(cases.select().with_only_columns(cases.c.opened_at))

    assert kept == moment
    assert kept is not None
    assert kept.tzinfo is UTC


async def test_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        async with database.work() as work:
            await work.cards.open_case(datetime(2026, 3, 2))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("sqlite:///data/saring.db", "sqlite+aiosqlite"),
        ("sqlite:////var/saring.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite"),
        ("postgresql://u:p@host/name", "postgresql+psycopg"),
        ("postgres://u:p@host/name", "postgresql+psycopg"),
        ("postgresql+asyncpg://u:p@host/name", "postgresql+psycopg"),
    ],
)
def test_address_gets_the_driver_that_we_use(written: str, driver: str) -> None:
    assert parse_url(written).drivername == driver


@pytest.mark.parametrize(
    "written",
    ["", "x", "sqlite://", "mysql://u:secret@host/name", "saring.db", "postgresql", "://"],
)
def test_address_that_we_cannot_use_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_url(written)

    assert "secret" not in str(refused.value)


def test_database_that_cannot_be_reached_is_one_sentence_without_a_password() -> None:
    with pytest.raises(StorageError) as refused:
        schema.migrate("postgresql://saring:secret@127.0.0.1:1/nothing?connect_timeout=2")

    assert "cannot be opened" in str(refused.value)
    assert "secret" not in str(refused.value)
