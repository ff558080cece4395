"""Cases, cards, reviews, desks, and the hashes that find near-identical copies."""

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
    String,
    Table,
    UniqueConstraint,
    text,
    true,
)

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.targets import Call
from bot.storage.tables.base import BigId, identity, metadata
from bot.storage.types import PlainText, UtcDateTime, one_of

cases = Table(
    "cases",
    metadata,
    identity(),
    Column("opened_at", UtcDateTime, nullable=False),
)

# language: a guess from the words, kept because it outlives them; NULL on older cards.
cards = Table(
    "cards",
    metadata,
    identity(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("post_id", ForeignKey("posts.id"), nullable=False),
    Column("revision_id", BigId, nullable=False),
    Column("state", String(16), nullable=False),
    Column("harm", String(16)),
    Column("purpose", String(16)),
    Column("is_forwardable", Boolean, nullable=False),
    Column("is_urgent", Boolean, nullable=False),
    Column("score", Float, nullable=False),
    Column("language", String(8)),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("looks_like_case_id", ForeignKey("cases.id")),
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
    identity(),
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
    Column("dealt_at", UtcDateTime),
    Column("same_as_card_id", ForeignKey("cards.id")),
    Column("teaches", Boolean, nullable=False, server_default=true()),
    ForeignKeyConstraint(["revision_id", "post_id"], ["revisions.id", "revisions.post_id"]),
    UniqueConstraint("id", "card_id", "post_id", "revision_id", "choice", "harm", "stands"),
    CheckConstraint("(choice = 'confirm') = (harm IS NOT NULL)", name="harm_when_confirmed"),
    CheckConstraint("purpose IS NULL OR choice = 'dismiss'", name="purpose_when_dismissed"),
    CheckConstraint("choice <> 'confirm' OR saw_all", name="confirmed_what_was_seen"),
    CheckConstraint(
        "same_as_card_id IS NULL OR choice IN ('confirm', 'dismiss')", name="same_as_a_decision"
    ),
    CheckConstraint("same_as_card_id <> card_id", name="same_as_another"),
    CheckConstraint("stands = (undone_at IS NULL)", name="undone_or_stands"),
    one_of("choice", Choice),
    one_of("harm", HarmCode),
    one_of("purpose", PurposeCode),
)
Index("ix_reviews_person_id_decided_at", reviews.c.person_id, reviews.c.decided_at)
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

# What a person said of their confirmation on the checklist. Nothing here is filled by a machine.
statements = Table(
    "statements",
    metadata,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True, autoincrement=False),
    Column("reasons", JSON, nullable=False),
    Column("note", PlainText),
    Column("has_no_exemption", Boolean, nullable=False),
    Column("entity", PlainText),
    Column("ratings", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("translation", PlainText),
    Column("made_at", UtcDateTime, nullable=False),
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
    Column("drawn_at", UtcDateTime),
    Column("dealt_at", UtcDateTime),
    Column("like_card_id", ForeignKey("cards.id")),
    Column("teaches", Boolean, nullable=False, server_default=true()),
    Column("counted_from", UtcDateTime),
    Column("rests_until", UtcDateTime),
)

# People who were called about a card: a row for each reason, so that nobody is called twice.
calls = Table(
    "calls",
    metadata,
    Column("card_id", ForeignKey("cards.id"), primary_key=True),
    Column("call", String(16), primary_key=True),
    Column("called_at", UtcDateTime, nullable=False),
    one_of("call", Call),
)

# Answers to sample cards, which are in no other table: nothing that is played here counts.
practice_answers = Table(
    "practice_answers",
    metadata,
    identity(),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("sample", String(16), nullable=False),
    Column("is_right", Boolean, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
)

# Near-duplicate look-up, see near_duplicates.py: the different texts among flagged revisions, each
# with the number of the revision that had it first, ...
wordings = Table(
    "wordings",
    metadata,
    Column("id", ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
    Column("hash", BigInteger, nullable=False, unique=True),
)

# ... which flagged revisions have them, in which cases, ...
sightings = Table(
    "sightings",
    metadata,
    Column("revision_id", ForeignKey("revisions.id"), primary_key=True, autoincrement=False),
    Column("wording_id", ForeignKey("wordings.id"), nullable=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("seen_at", UtcDateTime, nullable=False),
)
Index("ix_sightings_wording_id", sightings.c.wording_id, sightings.c.revision_id)

# ... and 32 hashes of each. By far the most rows: a band's lie together, and are their own index.
bands = Table(
    "bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "wording_id", ForeignKey("wordings.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    sqlite_with_rowid=False,
)
