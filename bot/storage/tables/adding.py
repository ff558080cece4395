"""Lists of channels that admins ask to have watched, and channels that asked to be left out."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from bot.domain.adding import AdditionState, ChannelKind, Outcome, WantedBy
from bot.domain.post import SourceKind
from bot.domain.rekind import KindState
from bot.storage.tables.base import identity, metadata
from bot.storage.types import PlainText, UtcDateTime, one_of

# message_id: the form in the admin's chat. decided_by: the second admin, where one was asked.
additions = Table(
    "additions",
    metadata,
    identity(),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", PlainText, nullable=False, server_default=""),
    Column("kind", String(16), nullable=False),
    Column("wanted_by", String(16), nullable=False),
    Column("message_id", BigInteger),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("closed_at", UtcDateTime),
    one_of("state", AdditionState),
    one_of("kind", ChannelKind),
    one_of("wanted_by", WantedBy),
    CheckConstraint("decided_by <> person_id", name="second_is_another"),
    CheckConstraint(
        "state NOT IN ('working', 'done') OR decided_by IS NOT NULL"
        " OR (kind = 'ordinary' AND wanted_by <> 'recipient')",
        name="second_has_agreed",
    ),
)
_is_asked = text("state IN ('collecting', 'reason', 'kind', 'wanted')")
Index(
    "uq_additions_one_asked_a_person",
    additions.c.person_id,
    unique=True,
    sqlite_where=_is_asked,
    postgresql_where=_is_asked,
)

# Gone once the addition has ended and its answers are on their way: what was refused is not kept.
addition_lines = Table(
    "addition_lines",
    metadata,
    Column("addition_id", ForeignKey("additions.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("written", PlainText, nullable=False),
    Column("name", PlainText, nullable=False, server_default=""),
    Column("answer", String(16)),
    one_of("answer", Outcome),
)

# A channel's kind changed later. needs_second: another admin has to agree before it is.
kind_changes = Table(
    "kind_changes",
    metadata,
    identity(),
    Column("channel_id", ForeignKey("channels.id"), nullable=False),
    Column("before", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("needs_second", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_by", ForeignKey("people.id"), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("closed_at", UtcDateTime),
    one_of("before", ChannelKind),
    one_of("kind", ChannelKind),
    one_of("state", KindState),
    CheckConstraint("before <> kind", name="is_another_kind"),
    CheckConstraint("decided_by <> asked_by", name="second_is_another"),
    CheckConstraint(
        "state <> 'done' OR NOT needs_second OR decided_by IS NOT NULL", name="second_has_agreed"
    ),
    CheckConstraint("(state = 'asked') = (closed_at IS NULL)", name="closed_at_some_time"),
)
_is_waiting = text("state = 'asked'")
Index(
    "uq_kind_changes_one_asked_a_channel",
    kind_changes.c.channel_id,
    unique=True,
    sqlite_where=_is_waiting,
    postgresql_where=_is_waiting,
)

left_out = Table(
    "left_out",
    metadata,
    identity(),
    Column("chat_id", BigInteger),
    Column("username_key", String(32), nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("listed_by", ForeignKey("people.id"), nullable=False),
    Column("listed_at", UtcDateTime, nullable=False),
    Column("lifted_by", ForeignKey("people.id")),
    Column("lifted_at", UtcDateTime),
    CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name="lifted_by_somebody"),
)
_is_listed = text("lifted_at IS NULL")
Index(
    "uq_left_out_once",
    left_out.c.username_key,
    unique=True,
    sqlite_where=_is_listed,
    postgresql_where=_is_listed,
)

# An admin on the way to switching a source on. basis: NULL while its words are waited for.
basis_drafts = Table(
    "basis_drafts",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("source", String(16), nullable=False),
    Column("basis", PlainText),
    Column("asked_at", UtcDateTime, nullable=False),
    one_of("source", SourceKind),
)

# One row for each message of the day that admins were owed; a day without one was missed.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("due_at", UtcDateTime, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
)
