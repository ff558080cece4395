"""Brings a database to the newest schema, and says whether it is there."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import OperationalError

from bot.domain.errors import StorageError
from bot.storage.database import parse_url
from bot.storage.sqlite import begin_sqlite, prepare_sqlite
from bot.storage.tables import metadata

_MIGRATIONS = Path(__file__).parents[2] / "migrations"


def migrate(url: str, to: str = "head") -> None:
    """Applies what is missing. Raises StorageError when the database cannot be reached.

    to: a revision, where it is not to be the newest.
    """
    # SQLite changes a constraint by making the table anew, and with foreign keys on it cannot drop
    # the old one while others refer to it; they are all looked through before the commit instead.
    with _connect(url, guards_keys=False).begin() as connection:
        command.upgrade(_config(connection), to)
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise StorageError(
                    f"The database was left as it was: after the migration {len(broken)} rows "
                    f"would refer to nothing, the first in the table {broken[0][0]}. Please report "
                    "this; no row was changed."
                )


def make_migration(url: str, message: str) -> None:
    """Writes a migration from what the tables have and the database does not."""
    with _connect(url).begin() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def is_current(url: str) -> bool:
    """Whether every migration has been applied."""
    newest = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    with _connect(url).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def differences(url: str) -> list[object]:
    """What the migrated database and the tables disagree on; empty when they are equal."""
    with _connect(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _connect(url: str, *, guards_keys: bool = True) -> Engine:
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed.set(drivername="sqlite"), poolclass=NullPool)
        event.listen(engine, "connect", prepare_sqlite)
        if not guards_keys:
            event.listen(engine, "connect", _let_keys_dangle)
        event.listen(engine, "begin", begin_sqlite)
    else:
        engine = create_engine(parsed, poolclass=NullPool)
    try:
        engine.connect().close()
    except OperationalError as error:
        raise StorageError(
            f"The database at {parsed.render_as_string(hide_password=True)} cannot be opened: "
            f"{error.orig}. Check DATABASE_URL, that the server runs, and that the disk has room."
        ) from error
    return engine


def _let_keys_dangle(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")
