"""Verdicts, and captures of what was flagged."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    String,
    Table,
    UniqueConstraint,
)

from bot.domain.codes import HarmCode, PurposeCode
from bot.storage.tables.base import identity, metadata
from bot.storage.types import PlainText, UtcDateTime, one_of

verdicts = Table(
    "verdicts",
    metadata,
    identity(),
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

# The sealed record of a flagged revision. content: canonical JSON, gone once it is forgotten; the
# hash stays. picture_sha256 names a row of `files`.
captures = Table(
    "captures",
    metadata,
    identity(),
    Column("revision_id", ForeignKey("revisions.id"), nullable=False, unique=True),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("content", PlainText),
    Column("sha256", String(64), nullable=False),
    Column("picture_sha256", String(64)),
    Column("picture_hides_words", Boolean),
    Column("pictured_at", UtcDateTime),
    CheckConstraint(
        "(picture_sha256 IS NULL) = (picture_hides_words IS NULL) "
        "AND (picture_sha256 IS NULL) = (pictured_at IS NULL)",
        name="pictured_at_a_time",
    ),
)
