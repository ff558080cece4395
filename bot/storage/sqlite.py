"""SQLite from an event loop: each connection has a thread, and each statement is one visit there.

aiosqlite visits the thread four times for a query: to make a cursor, to execute, to fetch, to
close. Each visit is two switches between threads, which costs more than most queries do, and
several times that where others want the processor too.
"""

import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import aiosqlite
from sqlalchemy import Connection
from sqlalchemy.engine import URL

_BUSY_SECONDS: Final = 30  # how long a writer of another process may hold the file until we give up
_BEGINNINGS: Final = ("BEGIN", "BEGIN IMMEDIATE")
_AT_ONCE: Final = 1000  # rows fetched while executing; the rest as they are asked for


class OneVisit(aiosqlite.Connection):
    """A connection whose statements run, and bring their rows, in one visit to its thread.

    begins_with: a BEGIN that is said with the first statement behind it, which asks no visit then.
    """

    begins_with: str | None = None
    _is_sure = True  # that nothing is under way there, or was left there by somebody cancelled

    def cursor(self) -> "OneVisitCursor":  # type: ignore[override]
        return OneVisitCursor(self)

    async def visit(self, act: Callable[..., Any], *args: Any) -> Any:
        """What `act` returns, called in the connection's thread."""
        self._is_sure = False
        try:
            result = await self._execute(act, *args)  # type: ignore[no-untyped-call]
        except sqlite3.Error:
            self._is_sure = True
            raise
        self._is_sure = True
        return result

    async def commit(self) -> None:
        await self._end(self._conn.commit)

    async def rollback(self) -> None:
        """Asked for after each transaction, and mostly there is nothing left to be rolled back."""
        await self._end(self._conn.rollback)

    async def _end(self, act: Callable[[], None]) -> None:
        self.begins_with = None
        if not self._is_sure or self._conn.in_transaction:
            await self.visit(act)


class OneVisitCursor:
    """As SQLAlchemy's adapter expects a cursor of aiosqlite."""

    arraysize = 1

    def __init__(self, connection: OneVisit) -> None:
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._connection = connection
        self._rows = deque[Any]()
        self._rest: sqlite3.Cursor | None = None

    async def __aenter__(self) -> "OneVisitCursor":
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "OneVisitCursor":
        if sql in _BEGINNINGS:
            self._connection.begins_with = sql
        else:
            await self._visit(sqlite3.Connection.execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> "OneVisitCursor":
        await self._visit(sqlite3.Connection.executemany, sql, parameters)
        return self

    async def _visit(self, act: Callable[..., sqlite3.Cursor], sql: str, parameters: Any) -> None:
        # Taken along now: whoever is cancelled while the thread is busy may not leave behind a
        # statement that runs there without its BEGIN.
        beginning, self._connection.begins_with = self._connection.begins_with, None
        await self._connection.visit(self._run, beginning, act, sql, parameters)

    def _run(
        self,
        beginning: str | None,
        act: Callable[..., sqlite3.Cursor],
        sql: str,
        parameters: Any,
    ) -> None:
        opened = self._connection._conn
        if beginning is not None:
            self._begin(opened, beginning)
        cursor = act(opened, sql, parameters)
        self.description, self.lastrowid = cursor.description, cursor.lastrowid
        rows = cursor.fetchmany(_AT_ONCE) if cursor.description else []
        self._rows, self._rest = deque(rows), cursor if len(rows) == _AT_ONCE else None
        self.rowcount = cursor.rowcount  # counted when all rows are there
        if self._rest is None:
            cursor.close()

    def _begin(self, opened: sqlite3.Connection, beginning: str) -> None:
        try:
            opened.execute(beginning)
        except sqlite3.Error:
            self._connection.begins_with = beginning  # as long as it has not begun
            raise

    async def fetchall(self) -> list[Any]:
        if self._rest is not None:
            self._rows.extend(await self._connection.visit(self._rest.fetchall))
            await self.close()
        rows = list(self._rows)
        self._rows.clear()
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        if not self._rows and self._rest is not None:
            self._rows.extend(await self._connection.visit(self._rest.fetchmany, _AT_ONCE))
        wanted = min(size or self.arraysize, len(self._rows))
        return [self._rows.popleft() for _ in range(wanted)]

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def __aiter__(self) -> AsyncIterator[Any]:
        while rows := await self.fetchmany(_AT_ONCE):
            for row in rows:
                yield row

    async def close(self) -> None:
        rest, self._rest = self._rest, None
        if rest is not None:
            await self._connection.visit(rest.close)


def opener(url: URL) -> Callable[[], aiosqlite.Connection]:
    """Opens connections to the file of that address, with a thread that ends with the program."""
    file = Path(url.database or "")

    def opened(*_args: Any, **_more: Any) -> aiosqlite.Connection:
        connection = OneVisit(
            lambda: sqlite3.connect(file, timeout=_BUSY_SECONDS, check_same_thread=False), 64
        )
        connection._thread.daemon = True
        return connection

    return opened


def prepare_sqlite(connection: Any, _record: Any) -> None:
    """Settings that SQLite forgets with each connection.

    FULL, because NORMAL may lose commits when the power goes; foreign keys are off by default and
    our promises rest on them.
    """
    connection.isolation_level = None  # we say BEGIN ourselves, see `begin_sqlite`
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    """Begins a transaction that no other writer can enter."""
    # A deferred BEGIN lets two read-then-write tasks overwrite each other; IMMEDIATE does not.
    reads_only = connection.get_execution_options().get("saring_reads_only", False)
    connection.exec_driver_sql(_BEGINNINGS[0 if reads_only else 1])


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite library that Python brought."""
    return sqlite3.sqlite_version_info
