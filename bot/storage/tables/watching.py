"""Channels, posts, the messages they consist of, and revisions."""

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
    UniqueConstraint,
    false,
)

from bot.domain.adding import ChannelKind, WantedBy
from bot.domain.channel import WatchState
from bot.domain.post import SourceKind
from bot.storage.tables.base import BigId, identity, metadata
from bot.storage.types import PlainText, UtcDateTime, one_of

channels = Table(
    "channels",
    metadata,
    identity(),
    Column("chat_id", BigInteger, unique=True),
    Column("username", String(32)),
    Column("username_key", String(32), unique=True),
    Column("title", PlainText, nullable=False),
    Column("state", String(16), nullable=False),
    Column("added_by", ForeignKey("people.id")),
    Column("added_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Column("reason", PlainText, nullable=False, server_default=""),
    Column("kind", String(16), nullable=False, server_default=ChannelKind.ORDINARY),
    Column("wanted_by", String(16), nullable=False, server_default=WantedBy.OWN),
    Column("threshold", Float),
    Column("renewed_at", UtcDateTime),
    Column("renewal_asked_at", UtcDateTime),
    Column("subscribers", BigInteger),
    Column("subscribers_approx", Boolean, nullable=False, server_default=false()),
    CheckConstraint("subscribers >= 0", name="subscribers_are_counted"),
    CheckConstraint("chat_id IS NOT NULL OR username_key IS NOT NULL", name="can_be_found"),
    CheckConstraint("threshold > 0 AND threshold < 1", name="threshold_is_a_share"),
    one_of("state", WatchState),
    one_of("kind", ChannelKind),
    one_of("wanted_by", WantedBy),
)

posts = Table(
    "posts",
    metadata,
    identity(),
    Column("channel_id", ForeignKey("channels.id"), nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("album_id", String(64)),
    Column("source", String(16), nullable=False),
    Column("posted_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("forwarded_from", PlainText),
    Column("is_readable", Boolean, nullable=False),
    Column("views", BigInteger),
    Column("views_approx", Boolean, nullable=False, server_default=false()),
    Column("is_history", Boolean, nullable=False, server_default=false()),
    Column("asked_at", UtcDateTime),
    Column("stood_at", UtcDateTime),
    Column("deleted_at", UtcDateTime),
    Column("newest_revision_id", BigId),
    UniqueConstraint("channel_id", "message_id"),
    UniqueConstraint("channel_id", "album_id"),
    CheckConstraint("views >= 0", name="views_are_counted"),
    one_of("source", SourceKind),
)

post_members = Table(
    "post_members",
    metadata,
    Column("channel_id", ForeignKey("channels.id"), primary_key=True),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("post_id", ForeignKey("posts.id"), nullable=False, index=True),
    Column("text", PlainText, nullable=False),
    Column("entities", JSON, nullable=False),
    Column("media", JSON, nullable=False),
    Column("edited_at", UtcDateTime),
)

revisions = Table(
    "revisions",
    metadata,
    identity(),
    Column("post_id", ForeignKey("posts.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("source", String(16), nullable=False),
    Column("text", PlainText, nullable=False),
    Column("entities", JSON, nullable=False),
    Column("media", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("edited_at", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("is_judged", Boolean, nullable=False, server_default=false()),
    Column("forgotten_at", UtcDateTime),
    UniqueConstraint("post_id", "number"),
    UniqueConstraint("id", "post_id"),
    one_of("source", SourceKind),
)
_has_words = revisions.c.forgotten_at.is_(None)
Index(
    "ix_revisions_with_words",
    revisions.c.seen_at,
    sqlite_where=_has_words,
    postgresql_where=_has_words,
)
Index(
    "ix_revisions_unjudged",
    revisions.c.id,
    sqlite_where=revisions.c.is_judged.is_(False),
    postgresql_where=revisions.c.is_judged.is_(False),
)
