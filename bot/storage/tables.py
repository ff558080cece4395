"""Every table, in the order of the flow. What must never happen is refused here, not only in code.

Promise 1 stands in `referrals`: its foreign keys name a confirming review of that very post and
revision which has not been undone. Promise 3 stands in `cards.is_forwardable` and the same keys.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from bot.domain.case import CaseState, Choice
from bot.domain.channel import WatchState
from bot.domain.codes import FORWARDABLE, HarmCode, PurposeCode
from bot.domain.people import Role
from bot.domain.post import SourceKind
from bot.domain.referral import ReferralState
from bot.storage.types import PlainText, UtcDateTime, one_of

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows by itself only for INTEGER; Telegram's ids need the eight bytes everywhere.
BigId = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


# --- what arrives ---------------------------------------------------------------------------

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

# --- people ---------------------------------------------------------------------------------

people = Table(
    "people",
    metadata,
    _id(),
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
    _id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("made_by", ForeignKey("people.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_by", ForeignKey("people.id")),
    Column("used_at", UtcDateTime),
    one_of("role", Role),
    CheckConstraint("(used_by IS NULL) = (used_at IS NULL)", name="used_by_somebody"),
)

# --- what is watched ------------------------------------------------------------------------

channels = Table(
    "channels",
    metadata,
    _id(),
    Column("chat_id", BigInteger, unique=True),
    Column("username", String(32)),
    Column("username_key", String(32), unique=True),
    Column("title", PlainText, nullable=False),
    Column("state", String(16), nullable=False),
    Column("added_by", ForeignKey("people.id")),
    Column("added_at", UtcDateTime, nullable=False),
    CheckConstraint("chat_id IS NOT NULL OR username_key IS NOT NULL", name="can_be_found"),
    one_of("state", WatchState),
)

posts = Table(
    "posts",
    metadata,
    _id(),
    Column("channel_id", ForeignKey("channels.id"), nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("album_id", String(64)),
    Column("source", String(16), nullable=False),
    Column("posted_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("forwarded_from", PlainText),
    Column("is_readable", Boolean, nullable=False),
    Column("newest_revision_id", BigId),
    UniqueConstraint("channel_id", "message_id"),
    UniqueConstraint("channel_id", "album_id"),
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
    _id(),
    Column("post_id", ForeignKey("posts.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", PlainText, nullable=False),
    Column("entities", JSON, nullable=False),
    Column("media", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("edited_at", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("is_judged", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("post_id", "number"),
    UniqueConstraint("id", "post_id"),
)
Index(
    "ix_revisions_unjudged",
    revisions.c.id,
    sqlite_where=revisions.c.is_judged.is_(False),
    postgresql_where=revisions.c.is_judged.is_(False),
)

# --- what the model says --------------------------------------------------------------------

verdicts = Table(
    "verdicts",
    metadata,
    _id(),
    Column("revision_id", ForeignKey("revisions.id"), nullable=False),
    Column("model_version", String(64), nullable=False),
    Column("score", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("is_flagged", Boolean, nullable=False),
    Column("is_known", Boolean, nullable=False),
    Column("likely_harm", String(16)),
    Column("likely_purpose", String(16)),
    Column("reasons", JSON, nullable=False),
    Column("judged_at", UtcDateTime, nullable=False),
    UniqueConstraint("revision_id", "model_version"),
    CheckConstraint("score >= 0 AND score <= 1", name="score_is_a_probability"),
    one_of("likely_harm", HarmCode),
    one_of("likely_purpose", PurposeCode),
)

# --- what people decide ---------------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    _id(),
    Column("opened_at", UtcDateTime, nullable=False),
)

cards = Table(
    "cards",
    metadata,
    _id(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("post_id", ForeignKey("posts.id"), nullable=False),
    Column("revision_id", BigId, nullable=False),
    Column("state", String(16), nullable=False),
    Column("harm", String(16)),
    Column("purpose", String(16)),
    Column("is_forwardable", Boolean, nullable=False),
    Column("is_urgent", Boolean, nullable=False),
    Column("score", Float, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("claimed_by", ForeignKey("people.id")),
    Column("claimed_until", UtcDateTime),
    ForeignKeyConstraint(["revision_id", "post_id"], ["revisions.id", "revisions.post_id"]),
    UniqueConstraint("revision_id"),
    UniqueConstraint("id", "post_id", "revision_id", "is_forwardable"),
    CheckConstraint("NOT (is_forwardable AND purpose IS NOT NULL)", name="purpose_stays_here"),
    CheckConstraint(
        "NOT is_forwardable OR (harm IS NOT NULL AND harm <> 'JUSTIFY')", name="forwardable_harm"
    ),
    CheckConstraint(
        "state NOT IN ('confirmed', 'referred') OR is_forwardable", name="confirmed_is_forwardable"
    ),
    CheckConstraint(
        "state NOT IN ('waiting', 'second', 'third') OR NOT is_forwardable",
        name="open_is_not_forwardable",
    ),
    one_of("state", CaseState),
    one_of("harm", HarmCode),
    one_of("purpose", PurposeCode),
)
_is_open = text("state IN ('waiting', 'second', 'third')")
Index(
    "uq_cards_one_open_a_post",
    cards.c.post_id,
    unique=True,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
Index("ix_cards_state_opened_at", cards.c.state, cards.c.is_urgent, cards.c.opened_at)

reviews = Table(
    "reviews",
    metadata,
    _id(),
    Column("card_id", ForeignKey("cards.id"), nullable=False, index=True),
    Column("post_id", ForeignKey("posts.id"), nullable=False),
    Column("revision_id", BigId, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("choice", String(16), nullable=False),
    Column("harm", String(16)),
    Column("purpose", String(16)),
    Column("saw_all", Boolean, nullable=False),
    Column("wants_second", Boolean, nullable=False),
    Column("score_shown", Float, nullable=False),
    Column("model_version", String(64), nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("stands", Boolean, nullable=False, server_default=true()),
    Column("undone_at", UtcDateTime),
    ForeignKeyConstraint(["revision_id", "post_id"], ["revisions.id", "revisions.post_id"]),
    UniqueConstraint("id", "card_id", "post_id", "revision_id", "choice", "harm", "stands"),
    CheckConstraint("(choice = 'confirm') = (harm IS NOT NULL)", name="harm_when_confirmed"),
    CheckConstraint("purpose IS NULL OR choice = 'dismiss'", name="purpose_when_dismissed"),
    CheckConstraint("choice <> 'confirm' OR saw_all", name="confirmed_what_was_seen"),
    CheckConstraint("stands = (undone_at IS NULL)", name="undone_or_stands"),
    one_of("choice", Choice),
    one_of("harm", HarmCode),
    one_of("purpose", PurposeCode),
)
_stands = text("stands")
Index(
    "uq_reviews_one_standing_a_person",
    reviews.c.card_id,
    reviews.c.revision_id,
    reviews.c.person_id,
    unique=True,
    sqlite_where=_stands,
    postgresql_where=_stands,
)

desks = Table(
    "desks",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("is_on_duty", Boolean, nullable=False),
    Column("message_id", BigInteger),
    Column("card_id", ForeignKey("cards.id")),
    Column("revision_id", ForeignKey("revisions.id")),
    Column("view", String(16), nullable=False),
    Column("page", Integer, nullable=False, server_default="0"),
    Column("pages_seen", Integer, nullable=False, server_default="0"),
    Column("notice", JSON),
)

# Hashes of near-duplicate look-up: many rows a flagged revision, see near_duplicates.py.
bands = Table(
    "bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# --- what leaves ----------------------------------------------------------------------------

recipients = Table(
    "recipients",
    metadata,
    _id(),
    Column("person_id", ForeignKey("people.id"), nullable=False, unique=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("language", String(8), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("digest_at", String(64), nullable=False),
    Column("next_digest_at", UtcDateTime, nullable=False),
)

digests = Table(
    "digests",
    metadata,
    _id(),
    Column("recipient_id", ForeignKey("recipients.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("parts_owed", Integer, nullable=False),
    UniqueConstraint("recipient_id", "number"),
    UniqueConstraint("id", "recipient_id"),
)

referrals = Table(
    "referrals",
    metadata,
    _id(),
    Column("recipient_id", ForeignKey("recipients.id"), nullable=False),
    Column("card_id", BigId, nullable=False),
    Column("post_id", BigId, nullable=False),
    Column("revision_id", BigId, nullable=False),
    Column("review_id", BigId, nullable=False),
    Column("harm", String(16), nullable=False),
    Column("choice", String(16), nullable=False, server_default="confirm"),
    Column("review_stands", Boolean, nullable=False, server_default=true()),
    Column("is_forwardable", Boolean, nullable=False, server_default=true()),
    Column("state", String(16), nullable=False),
    Column("digest_id", BigId),
    Column("owed_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("problem", PlainText),
    ForeignKeyConstraint(
        ["review_id", "card_id", "post_id", "revision_id", "choice", "harm", "review_stands"],
        [
            "reviews.id",
            "reviews.card_id",
            "reviews.post_id",
            "reviews.revision_id",
            "reviews.choice",
            "reviews.harm",
            "reviews.stands",
        ],
        name="fk_referrals_review",
    ),
    ForeignKeyConstraint(
        ["card_id", "post_id", "revision_id", "is_forwardable"],
        ["cards.id", "cards.post_id", "cards.revision_id", "cards.is_forwardable"],
        name="fk_referrals_card",
    ),
    ForeignKeyConstraint(["digest_id", "recipient_id"], ["digests.id", "digests.recipient_id"]),
    UniqueConstraint("revision_id", "recipient_id"),
    CheckConstraint("choice = 'confirm'", name="somebody_confirmed"),
    CheckConstraint("review_stands", name="review_was_not_undone"),
    CheckConstraint("is_forwardable", name="card_is_forwardable"),
    CheckConstraint(
        "state NOT IN ('leased', 'delivered') OR digest_id IS NOT NULL", name="sent_in_a_digest"
    ),
    one_of("harm", FORWARDABLE),
    one_of("state", ReferralState),
)
Index("ix_referrals_owed", referrals.c.recipient_id, referrals.c.state)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("key", String(80), unique=True),
    Column("kind", String(16), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("digest_id", ForeignKey("digests.id")),
    Column("letter", JSON),
    Column("state", String(16), nullable=False),
    Column("owed_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("message_id", BigInteger),
    Column("sent_at", UtcDateTime),
    Column("problem", PlainText),
    one_of("kind", ("desk", "notice", "digest")),
    one_of("state", ("owed", "leased", "sent", "failed")),
    CheckConstraint("kind <> 'desk' OR person_id IS NOT NULL", name="desk_has_a_person"),
    CheckConstraint("kind <> 'digest' OR digest_id IS NOT NULL", name="digest_is_named"),
    CheckConstraint("kind = 'desk' OR letter IS NOT NULL", name="says_something"),
)
Index("ix_outbox_due", outbox.c.state, outbox.c.due_at)

# --- what happened --------------------------------------------------------------------------

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", BigId),
    Column("event", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("details", JSON, nullable=False),
    Column("previous_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
)

# One row, locked by whoever writes the next entry: PostgreSQL would let two follow the same one.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
