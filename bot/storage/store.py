"""What every store is built on."""

from typing import Any

from sqlalchemy import Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

AnyRow = Row[*tuple[Any, ...]]


class Store:
    """Questions and changes about one noun, inside somebody else's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def _insert_new(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that leaves rows alone which are there already."""
        if self._connection.dialect.name == "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
        return postgresql.insert(table).on_conflict_do_nothing()
