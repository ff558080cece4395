"""The stage, on SQLite for most tests and on both databases where transactions matter."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from sandbox.double import Double
from tests.end_to_end.nursery import Nursery
from tests.end_to_end.stage import Stage

TOKEN = "987654321:" + "A" * 30 + "bCd-9"  # invented, of the shape and length of a real one


_COUNT_FROM_ONE = """
    DO $$ DECLARE found text; BEGIN
        FOR found IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
            EXECUTE format('ALTER SEQUENCE %I RESTART', found);
        END LOOP;
    END $$
"""


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this python-telegram-bot warns each time it makes a RetryAfter."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
async def stage(migrated_file: Path, tmp_path: Path, nursery: Nursery) -> AsyncIterator[Stage]:
    """A stage on SQLite."""
    file = tmp_path / "saring.db"
    shutil.copyfile(migrated_file, file)
    async with staged(f"sqlite:///{file}", tmp_path, nursery) as stage:
        yield stage


@pytest.fixture
async def stage_on_each(
    database_url: str, tmp_path: Path, nursery: Nursery
) -> AsyncIterator[Stage]:
    """A stage on SQLite, and one on PostgreSQL; rows are numbered from 1 on both."""
    if database_url.startswith("postgresql"):
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(_COUNT_FROM_ONE)
    async with staged(database_url, tmp_path, nursery) as stage:
        yield stage


@asynccontextmanager
async def staged(url: str, folder: Path, nursery: Nursery) -> AsyncIterator[Stage]:
    double = Double(TOKEN, username="saring_test_bot")
    async with double.serve() as base:
        stage = Stage(double, base, url, folder, nursery)
        try:
            yield stage
        finally:
            await stage.close()
    assert double.complaints == []
