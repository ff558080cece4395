"""Runs migrations on the connection that `bot.storage.schema` hands over."""

import sys

from alembic import context
from sqlalchemy import Connection

from bot.storage.tables import metadata


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transactional_ddl=True,
        user_module_prefix="types.",
    )
    with context.begin_transaction():
        context.run_migrations()


if "connection" not in context.config.attributes:
    sys.exit("Run `python -m bot migrate`: it knows the database and its settings.")
run(context.config.attributes["connection"])
