"""Reading through the web preview: what is switched on, how far each channel was read, what is
missing, and which posts are looked at again."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    true,
)

from bot.domain.cursor import GapReason
from bot.domain.health import Health
from bot.domain.post import SourceKind
from bot.storage.tables.base import identity, metadata
from bot.storage.types import PlainText, UtcDateTime, one_of

# A source without a row is as it comes: `preview` off, the others on.
sources = Table(
    "sources",
    metadata,
    Column("source", String(16), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("legal_basis", PlainText),
    Column("changed_by", ForeignKey("people.id"), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("troubles", Integer, nullable=False, server_default="0"),
    Column("paused_until", UtcDateTime),
    one_of("source", SourceKind),
    CheckConstraint(
        "source <> 'preview' OR NOT is_on OR legal_basis IS NOT NULL", name="preview_on_a_basis"
    ),
)

# max_seen is NULL until the first visit. Times that pass are kept in seconds.
watches = Table(
    "watches",
    metadata,
    Column("channel_id", ForeignKey("channels.id"), primary_key=True),
    Column("source", String(16), nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("began_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("health", String(16), nullable=False),
    Column("health_since", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("visited_at", UtcDateTime),
    Column("well_at", UtcDateTime),
    Column("floor", BigInteger),
    Column("max_seen", BigInteger),
    Column("recent", JSON, nullable=False),
    Column("rendered_at", UtcDateTime),
    Column("slow", Float, nullable=False, server_default="0"),
    Column("fast", Float, nullable=False, server_default="0"),
    Column("peak", Float, nullable=False, server_default="0"),
    Column("wanted_seconds", Integer, nullable=False),
    Column("expected_delay_seconds", Integer),
    one_of("source", SourceKind),
    one_of("health", Health),
    CheckConstraint("(floor IS NULL) = (max_seen IS NULL)", name="cursor_is_whole"),
    CheckConstraint("wanted_seconds > 0", name="interval_passes"),
)
Index(
    "ix_watches_due",
    watches.c.due_at,
    sqlite_where=watches.c.is_active.is_(True),
    postgresql_where=watches.c.is_active.is_(True),
)

# A gap that is closed is deleted. first and last are message numbers, both missing.
gaps = Table(
    "gaps",
    metadata,
    identity(),
    Column("channel_id", ForeignKey("watches.channel_id"), nullable=False, index=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("reason", String(16), nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    CheckConstraint("first <= last", name="is_a_stretch"),
    one_of("reason", GapReason),
)

# Flagged posts that are asked about once more, to see whether they stand and how they read.
# round: how many of the appointed looks are over. member: which message of an album is next.
# missing_since: when every message of it was denied for the first time. wanted_at: since when a
# digest waits for the answer.
rechecks = Table(
    "rechecks",
    metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True),
    Column("owed_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("round", Integer, nullable=False, server_default="0"),
    Column("member", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("missing_since", UtcDateTime),
    Column("wanted_at", UtcDateTime),
)
