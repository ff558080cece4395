"""People, their roles, invites, recipients with what each takes, and the notice board."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    false,
    text,
)

from bot.domain.codes import FORWARDABLE
from bot.domain.people import Role
from bot.domain.recipient import MOST_ITEMS, RecipientState
from bot.storage.tables.base import BigId, identity, metadata
from bot.storage.types import PlainText, UtcDateTime, one_of

people = Table(
    "people",
    metadata,
    identity(),
    Column("telegram_id", BigInteger, nullable=False, unique=True),
    Column("name", PlainText, nullable=False),
    Column("language", String(8), nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
)

roles = Table(
    "roles",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("granted_at", UtcDateTime, nullable=False),
    one_of("role", Role),
)

invites = Table(
    "invites",
    metadata,
    identity(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("made_by", ForeignKey("people.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_by", ForeignKey("people.id")),
    Column("used_at", UtcDateTime),
    Column("is_for_group", Boolean, nullable=False, server_default=false()),
    one_of("role", Role),
    CheckConstraint("NOT is_for_group OR role = 'recipient'", name="groups_are_recipients"),
    CheckConstraint("(used_by IS NULL) = (used_at IS NULL)", name="used_by_somebody"),
)

# A person's profile or, with a title and without a person, a group's. former_chat_id: what a group
# was before it became a supergroup. away_since: a group that the bot is not in now.
recipients = Table(
    "recipients",
    metadata,
    identity(),
    Column("person_id", ForeignKey("people.id"), unique=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("language", String(8), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("digest_at", String(64), nullable=False),
    Column("next_digest_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False, server_default="live"),
    Column("confirmed_by", ForeignKey("people.id")),
    Column("second_person_id", ForeignKey("people.id")),
    Column("required", JSON, nullable=False, server_default="[]"),
    Column("most_items", Integer, nullable=False, server_default=str(MOST_ITEMS)),
    Column("tells_empty", Boolean, nullable=False, server_default=false()),
    Column("group_title", PlainText),
    Column("former_chat_id", BigInteger),
    Column("away_since", UtcDateTime),
    CheckConstraint("(person_id IS NULL) = (group_title IS NOT NULL)", name="person_or_group"),
    Column("forwards", Boolean, nullable=False, server_default=false()),
    CheckConstraint(f"most_items BETWEEN 1 AND {MOST_ITEMS}", name="most_items_fit"),
    one_of("state", RecipientState),
)

_is_group = text("person_id IS NULL")
Index(
    "uq_recipients_one_a_group",
    recipients.c.chat_id,
    unique=True,
    sqlite_where=_is_group,
    postgresql_where=_is_group,
)

# Groups that the bot was put into and that nobody has spoken for yet. admin_id: an admin did it.
doorsteps = Table(
    "doorsteps",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", PlainText, nullable=False),
    Column("language", String(8), nullable=False),
    Column("admin_id", ForeignKey("people.id")),
    Column("since", UtcDateTime, nullable=False),
)

# A code without a row is not taken. is_at_once: it does not wait for the timetable.
recipient_codes = Table(
    "recipient_codes",
    metadata,
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True),
    Column("harm", String(16), primary_key=True),
    Column("is_at_once", Boolean, nullable=False),
    one_of("harm", FORWARDABLE),
)

# The group that moderators are called in; there is one at most.
board = Table(
    "board",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("title", PlainText, nullable=False),
    Column("language", String(8), nullable=False),
    Column("message_id", BigInteger),
    Column("shown", JSON),
    Column("shown_at", UtcDateTime),
    Column("called_card_id", BigId, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
