"""Migrations, on both databases."""

import re

import pytest
from sqlalchemy import Connection, NullPool, create_engine, inspect

from bot.storage import schema
from bot.storage.database import parse_url
from bot.storage.near_duplicates import fingerprint
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


FIRST = "01c01eb160c0"  # the newest revision of the preview that people may have rows of
ROWS = """
INSERT INTO people (id, telegram_id, name, language, joined_at) VALUES (1, 7, 'Ani', 'id', '{at}');
INSERT INTO channels (id, chat_id, username, username_key, title, state, added_at)
    VALUES (1, -1001, 'kanal', 'kanal', 'Kanal', 'watching', '{at}');
INSERT INTO posts (id, channel_id, message_id, source, posted_at, seen_at, is_readable)
    VALUES (1, 1, 5, 'bot', '{at}', '{at}', true);
INSERT INTO revisions (id, post_id, number, text, entities, media, content_hash, seen_at, is_judged)
    VALUES (1, 1, 1, 'kata', '[]', '[]', 'x', '{at}', true),
    (2, 1, 2, 'KATA', '[]', '[]', 'y', '{at}', true);
INSERT INTO cases (id, opened_at) VALUES (1, '{at}');
INSERT INTO cards (id, case_id, post_id, revision_id, state, is_forwardable, is_urgent, score,
    opened_at) VALUES (1, 1, 1, 1, 'waiting', false, false, 0.9, '{at}');
INSERT INTO bands VALUES (5, 1, 1, '{at}'), (-6, 1, 1, '{at}'), (5, 2, 1, '{at}'),
    (-6, 2, 1, '{at}');
INSERT INTO reviews (id, card_id, post_id, revision_id, person_id, choice, saw_all, wants_second,
    score_shown, model_version, decided_at) VALUES (1, 1, 1, 1, 1, 'skip', true, false, 0.9, 'm',
    '{at}');
INSERT INTO desks (person_id, is_on_duty, card_id, revision_id, view, notice)
    VALUES (1, true, 1, 1, 'card', '{{"choice": "skip"}}');
INSERT INTO outbox (kind, chat_id, person_id, state, owed_at, due_at)
    VALUES ('desk', 7, 1, 'owed', '{at}', '{at}');
"""


def test_rows_of_an_older_version_come_along(empty_url: str) -> None:
    schema.migrate(empty_url, FIRST)
    address = parse_url(empty_url)
    if address.get_backend_name() == "sqlite":
        address = address.set(drivername="sqlite")
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in ROWS.format(at="2026-11-24 05:00:00").split(";")[:-1]:
            connection.exec_driver_sql(statement)

    schema.migrate(empty_url)

    assert schema.differences(empty_url) == []
    with engine.begin() as connection:
        count = connection.exec_driver_sql(
            "SELECT count(*) FROM cards JOIN posts ON posts.id = cards.post_id "
            "JOIN reviews ON reviews.card_id = cards.id JOIN desks ON desks.card_id = cards.id "
            "JOIN outbox ON outbox.person_id = desks.person_id WHERE cards.due_at = cards.opened_at"
        )
        assert count.scalar_one() == 1
        # Hashes of copies, once for both revisions: their words are the same.
        for table, rows in (
            ("bands", [(-6, 1), (5, 1)]),
            ("wordings", [(1, fingerprint("kata").hash)]),
            (
                "(SELECT revision_id, wording_id, case_id FROM sightings JOIN cases "
                "ON id = case_id WHERE seen_at = opened_at) AS seen",
                [(1, 1, 1), (2, 1, 1)],
            ),
        ):
            found = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1")
            assert [tuple(row) for row in found] == rows
