"""Verdicts."""

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
from bot.storage.types import UtcDateTime, one_of

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
