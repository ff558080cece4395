"""Migrations, on both databases."""

import re

import pytest
from sqlalchemy import Connection, create_engine, inspect

from bot.storage import schema
from bot.storage.database import parse_url
from bot.storage.tables import metadata


def test_migrated_database_equals_the_tables(database_url: str) -> None:
    assert schema.differences(database_url) == []
    assert schema.is_current(database_url)


def rules(connection: Connection) -> dict[str, dict[str, str]]:
    """By table, what each CHECK and each partial or unique index demands."""
    inspector = inspect(connection)
    found: dict[str, dict[str, str]] = {}
    for table in metadata.tables:
        checks = {
            str(check["name"]): " ".join(re.findall(r"\w+|[<>=]+", check["sqltext"]))
            for check in inspector.get_check_constraints(table)
        }
        indexes = {
            str(index["name"]): f"{index['column_names']} {index['unique']}"
            f" {index.get('dialect_options', {}).get('sqlite_where')}"
            for index in inspector.get_indexes(table)
        }
        found[table] = checks | indexes
    return found


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_migrations_write_the_same_rules_as_the_tables(
    table: str, rules_of_both: tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]
) -> None:
    """Alembic compares columns and keys, and no CHECK."""
    migrated, made = rules_of_both

    assert migrated[table] == made[table]


@pytest.fixture(scope="module")
def rules_of_both(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Of an SQLite file that the migrations made, and of one made from the tables."""
    folder = tmp_path_factory.mktemp("rules")
    urls = [f"sqlite:///{folder / name}.db" for name in ("migrated", "made")]
    schema.migrate(urls[0])
    engines = [create_engine(parse_url(url).set(drivername="sqlite")) for url in urls]
    metadata.create_all(engines[1])
    found = []
    for engine in engines:
        with engine.connect() as connection:
            found.append(rules(connection))
        engine.dispose()
    return found[0], found[1]


def test_empty_database_is_not_current_and_differs(empty_url: str) -> None:
    assert not schema.is_current(empty_url)
    assert schema.differences(empty_url)


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    schema.migrate(empty_url)
    schema.migrate(empty_url)

    assert schema.is_current(empty_url)
    assert schema.differences(empty_url) == []
