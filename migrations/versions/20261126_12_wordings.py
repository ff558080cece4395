"""Hashes by which copies are found: once for each different text, and a band's rows together."""

from collections.abc import Sequence
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

from bot.storage import types
from classifiers import normalise

revision: str = "a112b7d25c14"
down_revision: str | None = "a1113b5e60c4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_ONCE = 1000  # texts in memory


def upgrade() -> None:
    op.create_table(
        "wordings",
        sa.Column("id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["revisions.id"], name=op.f("fk_wordings_id_revisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wordings")),
        sa.UniqueConstraint("hash", name=op.f("uq_wordings_hash")),
    )
    op.create_table(
        "sightings",
        sa.Column("revision_id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("wording_id", _BIG_ID, nullable=False),
        sa.Column("case_id", _BIG_ID, nullable=False),
        sa.Column("seen_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sightings_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_sightings_revision_id_revisions")
        ),
        sa.ForeignKeyConstraint(
            ["wording_id"], ["wordings.id"], name=op.f("fk_sightings_wording_id_wordings")
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_sightings")),
    )
    op.create_index("ix_sightings_case_id", "sightings", ["case_id"])
    op.create_index("ix_sightings_wording_id", "sightings", ["wording_id", "revision_id"])
    _carry_over()
    op.drop_table("bands")
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wording_id", _BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["wording_id"],
            ["wordings.id"],
            name=op.f("fk_bands_wording_id_wordings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("band", "wording_id", name=op.f("pk_bands")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO bands SELECT band, wording_id FROM kept_bands ORDER BY band, wording_id"
    )
    op.create_index("ix_bands_wording_id", "bands", ["wording_id"])
    op.execute("DROP TABLE kept_bands")


def _carry_over() -> None:
    """Fills the new tables; of each text the bands of its first revision go into `kept_bands`."""
    op.execute(
        "CREATE TEMPORARY TABLE flagged AS SELECT revision_id, min(case_id) AS case_id, "
        "min(seen_at) AS seen_at FROM bands GROUP BY revision_id"
    )
    op.execute("CREATE TEMPORARY TABLE hashes (revision_id bigint PRIMARY KEY, hash bigint)")
    _hash_texts(op.get_bind())
    op.execute("INSERT INTO wordings SELECT min(revision_id), hash FROM hashes GROUP BY hash")
    op.execute(
        "INSERT INTO sightings SELECT flagged.revision_id, wordings.id, case_id, seen_at "
        "FROM flagged JOIN hashes ON hashes.revision_id = flagged.revision_id "
        "JOIN wordings ON wordings.hash = hashes.hash"
    )
    op.execute(
        "CREATE TEMPORARY TABLE kept_bands AS SELECT band, id AS wording_id "
        "FROM bands JOIN wordings ON wordings.id = bands.revision_id"
    )
    op.execute("DROP TABLE flagged")
    op.execute("DROP TABLE hashes")


def _hash_texts(connection: sa.Connection) -> None:
    """As `bot.storage.near_duplicates` hashes them."""
    after = 0
    portion = sa.text(
        "SELECT id, text FROM revisions JOIN flagged ON flagged.revision_id = revisions.id "
        "WHERE id > :after ORDER BY id LIMIT :most"
    )
    while rows := connection.execute(portion, {"after": after, "most": _AT_ONCE}).all():
        connection.execute(
            sa.text("INSERT INTO hashes VALUES (:id, :hash)"),
            [{"id": row.id, "hash": _hash(row.text)} for row in rows],
        )
        after = rows[-1].id


def _hash(text: str) -> int:
    plain = " ".join(normalise(text).split())
    digest = blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def downgrade() -> None:
    op.execute(
        "CREATE TEMPORARY TABLE every AS SELECT band, revision_id, case_id, seen_at "
        "FROM bands JOIN sightings ON sightings.wording_id = bands.wording_id"
    )
    for table in ("bands", "sightings", "wordings"):
        op.drop_table(table)
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision_id", _BIG_ID, nullable=False),
        sa.Column("case_id", _BIG_ID, nullable=False),
        sa.Column("seen_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bands_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_bands_revision_id_revisions")
        ),
        sa.PrimaryKeyConstraint("band", "revision_id", name=op.f("pk_bands")),
    )
    op.execute("INSERT INTO bands SELECT band, revision_id, case_id, seen_at FROM every")
    op.execute("DROP TABLE every")
