"""Migrations, on both databases."""

from bot.storage import schema


def test_migrated_database_equals_the_tables(database_url: str) -> None:
    assert schema.differences(database_url) == []
    assert schema.is_current(database_url)


def test_empty_database_is_not_current_and_differs(empty_url: str) -> None:
    assert not schema.is_current(empty_url)
    assert schema.differences(empty_url)


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    schema.migrate(empty_url)
    schema.migrate(empty_url)

    assert schema.is_current(empty_url)
    assert schema.differences(empty_url) == []
