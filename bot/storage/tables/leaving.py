"""Digests with their files, referrals, and the outbox."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
    true,
)

from bot.domain.codes import FORWARDABLE
from bot.domain.referral import ReferralState
from bot.storage.tables.base import BigId, identity, metadata
from bot.storage.types import PlainText, UtcDateTime, one_of

digests = Table(
    "digests",
    metadata,
    identity(),
    Column("recipient_id", ForeignKey("recipients.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("parts_owed", Integer, nullable=False),
    Column("is_at_once", Boolean, nullable=False, server_default=false()),
    Column("is_test", Boolean, nullable=False, server_default=false()),
    Column("audit_hash", String(64)),
    Column("written_at", UtcDateTime),
    Column("manifest_sha256", String(64)),
    UniqueConstraint("recipient_id", "number"),
    UniqueConstraint("id", "recipient_id"),
)

# Files by their hash: the same again is the same bytes, and a row of the outbox names it alone.
# Whoever forgets a file takes its row; the hashes that name it stay.
files = Table(
    "files",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
)

digest_files = Table(
    "digest_files",
    metadata,
    Column("digest_id", ForeignKey("digests.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("name", String(128), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
)

referrals = Table(
    "referrals",
    metadata,
    identity(),
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
    Column("place", Integer),
    Column("owed_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("problem", PlainText),
    Column("held_told_at", UtcDateTime),
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
        "state NOT IN ('leased', 'delivered', 'answered') OR digest_id IS NOT NULL",
        name="sent_in_a_digest",
    ),
    one_of("harm", FORWARDABLE),
    one_of("state", ReferralState),
)
Index("ix_referrals_owed", referrals.c.recipient_id, referrals.c.state)

outbox = Table(
    "outbox",
    metadata,
    identity(),
    Column("key", String(80), unique=True),
    Column("kind", String(16), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("digest_id", ForeignKey("digests.id")),
    Column("correction_id", ForeignKey("corrections.id")),
    Column("referral_id", ForeignKey("referrals.id")),
    Column("original_id", BigInteger),
    Column("letter", JSON),
    Column("state", String(16), nullable=False),
    Column("owed_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("message_id", BigInteger),
    Column("sent_at", UtcDateTime),
    Column("problem", PlainText),
    one_of("kind", ("desk", "board", "notice", "digest", "document", "copy", "forward")),
    one_of("state", ("owed", "leased", "sent", "failed")),
    CheckConstraint("kind <> 'desk' OR person_id IS NOT NULL", name="desk_has_a_person"),
    CheckConstraint("kind <> 'digest' OR digest_id IS NOT NULL", name="digest_is_named"),
    CheckConstraint("kind <> 'forward' OR digest_id IS NOT NULL", name="forwarded_with_a_digest"),
    CheckConstraint("(referral_id IS NULL) = (original_id IS NULL)", name="original_is_referred"),
    CheckConstraint("referral_id IS NULL OR kind = 'forward'", name="original_is_forwarded"),
    CheckConstraint(
        "kind IN ('desk', 'board') OR letter IS NOT NULL OR referral_id IS NOT NULL",
        name="says_something",
    ),
)
Index("ix_outbox_due", outbox.c.state, outbox.c.due_at)
