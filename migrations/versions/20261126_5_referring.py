"""referring: recipients' profiles, captures, statements, and a digest's files."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage.types import PlainText, UtcDateTime

revision: str = "a105b409934c"
down_revision: str | None = "a10475fc5975"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FORWARDABLE = ("FINANCE", "GLORIFY", "INCITE", "INSTRUCT", "OFFICIAL", "RECRUIT", "THREAT")
_LISTED = ", ".join(f"'{code}'" for code in _FORWARDABLE)


def upgrade() -> None:
    _profiles()
    _captures()
    _digests()


def _profiles() -> None:
    with op.batch_alter_table("recipients") as recipients:
        # Whoever is a recipient already was let in by an admin's link alone, and gets digests.
        recipients.add_column(
            sa.Column("state", sa.String(16), nullable=False, server_default="live")
        )
        recipients.add_column(sa.Column("confirmed_by", _BIG_ID))
        recipients.add_column(sa.Column("second_person_id", _BIG_ID))
        recipients.add_column(sa.Column("required", sa.JSON(), nullable=False, server_default="[]"))
        recipients.add_column(
            sa.Column("most_items", sa.Integer(), nullable=False, server_default="100")
        )
        recipients.add_column(
            sa.Column("tells_empty", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        recipients.create_foreign_key(
            op.f("fk_recipients_confirmed_by_people"), "people", ["confirmed_by"], ["id"]
        )
        recipients.create_foreign_key(
            op.f("fk_recipients_second_person_id_people"), "people", ["second_person_id"], ["id"]
        )
        recipients.create_check_constraint(
            op.f("ck_recipients_most_items_fit"), "most_items BETWEEN 1 AND 100"
        )
        recipients.create_check_constraint(
            op.f("ck_recipients_state_known"), "state IN ('contact', 'live', 'pending', 'test')"
        )
    op.create_table(
        "recipient_codes",
        sa.Column("recipient_id", _BIG_ID, nullable=False),
        sa.Column("harm", sa.String(16), nullable=False),
        sa.Column("is_at_once", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"harm IN ({_LISTED})", name=op.f("ck_recipient_codes_harm_known")),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["recipients.id"],
            name=op.f("fk_recipient_codes_recipient_id_recipients"),
        ),
        sa.PrimaryKeyConstraint("recipient_id", "harm", name=op.f("pk_recipient_codes")),
    )
    for code in _FORWARDABLE:
        op.execute(
            "INSERT INTO recipient_codes (recipient_id, harm, is_at_once) "  # noqa: S608
            f"SELECT id, '{code}', {'true' if code == 'THREAT' else 'false'} FROM recipients"
        )


def _captures() -> None:
    op.create_table(
        "captures",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False),
        sa.Column("revision_id", _BIG_ID, nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("content", PlainText()),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("picture_sha256", sa.String(64)),
        sa.Column("picture_hides_words", sa.Boolean()),
        sa.Column("pictured_at", UtcDateTime()),
        sa.CheckConstraint(
            "(picture_sha256 IS NULL) = (picture_hides_words IS NULL) "
            "AND (picture_sha256 IS NULL) = (pictured_at IS NULL)",
            name=op.f("ck_captures_pictured_at_a_time"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_captures_revision_id_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_captures_revision_id")),
    )
    op.create_table(
        "statements",
        sa.Column("review_id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", PlainText()),
        sa.Column("has_no_exemption", sa.Boolean(), nullable=False),
        sa.Column("entity", PlainText()),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_statements_review_id_reviews")
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_statements")),
    )


def _digests() -> None:
    op.create_table(
        "files",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_files")),
    )
    op.create_table(
        "digest_files",
        sa.Column("digest_id", _BIG_ID, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_digest_files_digest_id_digests")
        ),
        sa.PrimaryKeyConstraint("digest_id", "place", name=op.f("pk_digest_files")),
    )
    with op.batch_alter_table("digests") as digests:
        digests.add_column(
            sa.Column("is_at_once", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        digests.add_column(
            sa.Column("is_test", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        digests.add_column(sa.Column("audit_hash", sa.String(64)))
        digests.add_column(sa.Column("written_at", UtcDateTime()))
        digests.add_column(sa.Column("manifest_sha256", sa.String(64)))
    # What was made before digests had files is written: its letters lie in the outbox.
    op.execute("UPDATE digests SET written_at = created_at")
    with op.batch_alter_table("referrals") as referrals:
        referrals.add_column(sa.Column("place", sa.Integer()))
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint(op.f("ck_outbox_kind_known"), type_="check")
        outbox.create_check_constraint(
            op.f("ck_outbox_kind_known"),
            "kind IN ('board', 'copy', 'desk', 'digest', 'document', 'notice')",
        )


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE kind IN ('copy', 'document')")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint(op.f("ck_outbox_kind_known"), type_="check")
        outbox.create_check_constraint(
            op.f("ck_outbox_kind_known"), "kind IN ('board', 'desk', 'digest', 'notice')"
        )
    with op.batch_alter_table("referrals") as referrals:
        referrals.drop_column("place")
    with op.batch_alter_table("digests") as digests:
        for column in ("is_at_once", "is_test", "audit_hash", "written_at", "manifest_sha256"):
            digests.drop_column(column)
    for table in ("digest_files", "files", "statements", "captures", "recipient_codes"):
        op.drop_table(table)
    with op.batch_alter_table("recipients") as recipients:
        recipients.drop_constraint(op.f("ck_recipients_state_known"), type_="check")
        recipients.drop_constraint(op.f("ck_recipients_most_items_fit"), type_="check")
        recipients.drop_constraint(
            op.f("fk_recipients_second_person_id_people"), type_="foreignkey"
        )
        recipients.drop_constraint(op.f("fk_recipients_confirmed_by_people"), type_="foreignkey")
        for column in (
            "state",
            "confirmed_by",
            "second_person_id",
            "required",
            "most_items",
            "tells_empty",
        ):
            recipients.drop_column(column)
