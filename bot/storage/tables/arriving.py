"""Raw updates."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from bot.storage.tables.base import metadata
from bot.storage.types import PlainText, UtcDateTime, one_of

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("payload", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime),
    Column("problem", PlainText),
    one_of("kind", ("post", "people")),
)
Index(
    "ix_inbox_waiting",
    inbox.c.kind,
    inbox.c.update_id,
    sqlite_where=inbox.c.handled_at.is_(None),
    postgresql_where=inbox.c.handled_at.is_(None),
)
