"""What comes back from recipients, what is owed for mistakes, and how long words are kept."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
    true,
)

from bot.domain.receipt import DisputeState, ReplyCode, Way
from bot.domain.reversal import Restored, WithdrawalState
from bot.storage.tables.base import identity, metadata
from bot.storage.types import PlainText, UtcDateTime, one_of

# Somebody of the recipient's pressed Received.
received = Table(
    "received",
    metadata,
    Column("digest_id", ForeignKey("digests.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
)

# Every answer is a row; one that was changed stays as one that no longer stands.
receipts = Table(
    "receipts",
    metadata,
    identity(),
    Column("referral_id", ForeignKey("referrals.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("code", String(16), nullable=False),
    Column("way", String(16), nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    Column("stands", Boolean, nullable=False, server_default=true()),
    Column("told_at", UtcDateTime),
    one_of("code", ReplyCode),
    one_of("way", Way),
)
_stands = text("stands")
Index(
    "uq_receipts_one_standing_a_referral",
    receipts.c.referral_id,
    unique=True,
    sqlite_where=_stands,
    postgresql_where=_stands,
)

# A "not violating" that a moderator is asked about. Only `agreed` teaches.
disputes = Table(
    "disputes",
    metadata,
    identity(),
    Column("referral_id", ForeignKey("referrals.id"), nullable=False),
    Column("receipt_id", ForeignKey("receipts.id"), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", UtcDateTime),
    one_of("state", DisputeState),
    CheckConstraint(
        "state NOT IN ('agreed', 'kept') OR decided_by IS NOT NULL", name="somebody_decided"
    ),
)

# Promise 1 backwards: what one person may not send alone, one person may not take back alone.
withdrawals = Table(
    "withdrawals",
    metadata,
    identity(),
    Column("card_id", ForeignKey("cards.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_by", ForeignKey("people.id"), nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("second_by", ForeignKey("people.id")),
    Column("decided_at", UtcDateTime),
    one_of("state", WithdrawalState),
    CheckConstraint(
        "state <> 'agreed' OR (second_by IS NOT NULL AND second_by <> asked_by)",
        name="two_people_agreed",
    ),
    CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_at_some_time"),
)
_alive = text("state IN ('asked', 'agreed')")
Index(
    "uq_withdrawals_one_a_card",
    withdrawals.c.card_id,
    unique=True,
    sqlite_where=_alive,
    postgresql_where=_alive,
)

# Why an admin had a decided card looked at again.
reopenings = Table(
    "reopenings",
    metadata,
    identity(),
    Column("card_id", ForeignKey("cards.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("reopened_at", UtcDateTime, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    identity(),
    Column("withdrawal_id", ForeignKey("withdrawals.id"), nullable=False),
    Column("referral_id", ForeignKey("referrals.id"), nullable=False, unique=True),
    Column("recipient_id", ForeignKey("recipients.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("owed_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("warned_at", UtcDateTime),
    Column("outcome", String(16)),
    Column("answered_by", ForeignKey("people.id")),
    Column("answered_at", UtcDateTime),
    UniqueConstraint("recipient_id", "number"),
    one_of("outcome", Restored),
    CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_at_some_time"),
)

# A digest that must be acknowledged at once. calls: how many there have been.
digest_calls = Table(
    "digest_calls",
    metadata,
    Column("digest_id", ForeignKey("digests.id"), primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("calls", Integer, nullable=False, server_default="0"),
    Column("next_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    CheckConstraint("calls >= 0 AND calls <= 4", name="four_calls"),
)
_rings = text("next_at IS NOT NULL")
Index("ix_digest_calls_due", digest_calls.c.next_at, sqlite_where=_rings, postgresql_where=_rings)

# Sending stops while a row has no end. reversed_count, delivered_count: what was counted then.
pauses = Table(
    "pauses",
    metadata,
    identity(),
    Column("began_at", UtcDateTime, nullable=False),
    Column("reversed_count", Integer, nullable=False),
    Column("delivered_count", Integer, nullable=False),
    Column("limit_share", Float, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", ForeignKey("people.id")),
    CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
)
# Cases whose words are kept whatever their age.
holds = Table(
    "holds",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("placed_by", ForeignKey("people.id"), nullable=False),
    Column("placed_at", UtcDateTime, nullable=False),
    Column("reason", PlainText, nullable=False),
)

# A day's row is what makes the nightly forgetting happen once.
retention_days = Table(
    "retention_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)
