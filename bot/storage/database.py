"""The engine, and units of work: one transaction each, rolled back unless committed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.domain.errors import SettingsError, StorageError
from bot.storage.sqlite import begin_sqlite, opener, prepare_sqlite
from bot.storage.turns import Turns
from bot.storage.unit_of_work import UnitOfWork

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


def parse_url(written: str) -> URL:
    """A database address with the driver we use, from what an operator writes.

    Raises SettingsError for anything but SQLite in a file and PostgreSQL.
    """
    try:
        url = make_url(written)
    except ArgumentError:
        url = None
    backend = url.get_backend_name().replace("postgres", "postgresql", 1) if url else ""
    backend = backend.replace("postgresqlql", "postgresql")
    if url is None or backend not in _DRIVERS or (backend == "sqlite" and not url.database):
        raise SettingsError(
            "DATABASE_URL is no address we can use: write sqlite:///data/saring.db or "
            "postgresql://user:password@host/name."
        )
    return url.set(drivername=_DRIVERS[backend])


class Database:
    """Opens units of work on one database.

    letters_owed: set after a commit that put something into the outbox; the sender waits for it.
    """

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.letters_owed = asyncio.Event()
        # SQLite has one writer; queueing here is fair, its own busy handler is not.
        self._turns = Turns() if self.is_sqlite else None
        self._engine = self._connect()

    def _connect(self) -> AsyncEngine:
        if not self.is_sqlite:
            return create_async_engine(self.url, pool_pre_ping=True)
        if self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(self.url, async_creator=opener(self.url))
        event.listen(engine.sync_engine, "connect", prepare_sqlite)
        event.listen(engine.sync_engine, "begin", begin_sqlite)
        return engine

    @asynccontextmanager
    async def work(self, *, patient: bool = False) -> AsyncIterator[UnitOfWork]:
        """A transaction that may write. Nothing is kept unless `commit()` was called.

        patient: whoever else wants to write goes first; for batches that nobody waits for.
        """
        if self._turns is None:
            async with self._open(reads_only=False) as work:
                yield work
            return
        async with self._turns.one(patient=patient), self._open(reads_only=False) as work:
            yield work

    @asynccontextmanager
    async def look(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that only reads; it waits for no writer."""
        async with self._open(reads_only=True) as work:
            yield work

    @asynccontextmanager
    async def _open(self, *, reads_only: bool) -> AsyncIterator[UnitOfWork]:
        try:
            async with self._engine.connect() as connection:
                connection = await connection.execution_options(saring_reads_only=reads_only)
                yield UnitOfWork(connection, self.letters_owed.set)
        except IntegrityError:
            raise  # a constraint did its work: no trouble of the database's
        except DBAPIError as error:
            # A full disk, a lost server, a deadlock: nothing was kept, so all of it can be redone.
            raise StorageError(f"The database refused: {error.orig}. {StorageError()}") from error

    async def close(self) -> None:
        await self._engine.dispose()
