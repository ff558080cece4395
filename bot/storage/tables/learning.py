"""The sample of unflagged posts, which sources may teach, and trainings."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.domain.learning import Answer, Problem, TrainingState
from bot.domain.post import SourceKind
from bot.storage.tables.base import BigId, identity, metadata
from bot.storage.types import UtcDateTime, one_of

# A day's row is what makes a draw happen once. Each verdict belongs to one draw: the first whose
# last_verdict_id is not below it.
sample_days = Table(
    "sample_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("drawn_at", UtcDateTime, nullable=False),
    Column("last_verdict_id", BigId, nullable=False),
    Column("posts", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
    CheckConstraint("drawn <= posts", name="drawn_from_posts"),
)

samples = Table(
    "samples",
    metadata,
    identity(),
    Column("day", ForeignKey("sample_days.day"), nullable=False),
    Column("post_id", BigId, nullable=False),
    Column("revision_id", BigId, nullable=False),
    Column("model_version", String(64), nullable=False),
    Column("score", Float, nullable=False),
    Column("stratum", Integer, nullable=False),
    Column("probability", Float, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("joined_at", UtcDateTime),
    Column("card_id", ForeignKey("cards.id"), unique=True),
    ForeignKeyConstraint(["revision_id", "post_id"], ["revisions.id", "revisions.post_id"]),
    UniqueConstraint("revision_id"),
    CheckConstraint("probability > 0 AND probability <= 1", name="could_be_drawn"),
    CheckConstraint("stratum >= 0 AND stratum < 10", name="stratum_is_a_tenth"),
    CheckConstraint("card_id IS NULL OR joined_at IS NOT NULL", name="joined_with_a_card"),
)
_waits = text("joined_at IS NULL")
Index("ix_samples_waiting", samples.c.due_at, sqlite_where=_waits, postgresql_where=_waits)

# A source without a row does not teach.
learning_sources = Table(
    "learning_sources",
    metadata,
    Column("source", String(16), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("changed_by", ForeignKey("people.id"), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    one_of("source", SourceKind),
)

trainings = Table(
    "trainings",
    metadata,
    identity(),
    Column("state", String(16), nullable=False),
    Column("asked_by", ForeignKey("people.id")),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("taught_at", UtcDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("candidate", String(64)),
    Column("champion", String(64)),
    Column("problem", String(16)),
    Column("figures", JSON),
    Column("ended_at", UtcDateTime),
    one_of("state", TrainingState),
    one_of("problem", Problem),
    CheckConstraint("(state = 'failed') = (problem IS NOT NULL)", name="failed_for_a_reason"),
    CheckConstraint(
        "state NOT IN ('compared', 'agreed', 'promoted') OR "
        "(candidate IS NOT NULL AND champion IS NOT NULL)",
        name="compared_two",
    ),
)
training_votes = Table(
    "training_votes",
    metadata,
    Column("training_id", ForeignKey("trainings.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("answer", String(16), nullable=False),
    Column("voted_at", UtcDateTime, nullable=False),
    one_of("answer", Answer),
)
