"""answering: receipts, corrections, calls, holds, and words that are forgotten."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage import types

revision: str = "a10636748af0"
down_revision: str | None = "a105b409934c"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OLD_CARDS = "'confirmed', 'dismissed', 'kept', 'referred', 'second', 'third', 'waiting'"
_NEW_CARDS = f"{_OLD_CARDS}, 'withdrawn'"
_OLD_REFERRALS = "'delivered', 'failed', 'leased', 'owed', 'withdrawn'"
_NEW_REFERRALS = f"'answered', {_OLD_REFERRALS}"


def upgrade() -> None:
    op.create_table(
        "retention_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("began_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_retention_days")),
    )
    op.create_table(
        "holds",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "placed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("placed_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", types.PlainText(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_holds_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["placed_by"], ["people.id"], name=op.f("fk_holds_placed_by_people")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_holds")),
    )
    op.create_table(
        "pauses",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("began_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reversed_count", sa.Integer(), nullable=False),
        sa.Column("delivered_count", sa.Integer(), nullable=False),
        sa.Column("limit_share", sa.Float(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_pauses_ended_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["people.id"], name=op.f("fk_pauses_ended_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_table(
        "digest_calls",
        sa.Column(
            "digest_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("started_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("calls >= 0 AND calls <= 4", name=op.f("ck_digest_calls_four_calls")),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_digest_calls_digest_id_digests")
        ),
        sa.PrimaryKeyConstraint("digest_id", name=op.f("pk_digest_calls")),
    )
    with op.batch_alter_table("digest_calls") as batch_op:
        batch_op.create_index(
            "ix_digest_calls_due",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.create_table(
        "received",
        sa.Column(
            "digest_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("received_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_received_digest_id_digests")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_received_person_id_people")
        ),
        sa.PrimaryKeyConstraint("digest_id", name=op.f("pk_received")),
    )
    op.create_table(
        "reopenings",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("reason", types.PlainText(), nullable=False),
        sa.Column("reopened_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_reopenings_card_id_cards")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reopenings_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopenings")),
    )
    with op.batch_alter_table("reopenings") as batch_op:
        batch_op.create_index(batch_op.f("ix_reopenings_card_id"), ["card_id"], unique=False)

    op.create_table(
        "withdrawals",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", types.PlainText(), nullable=False),
        sa.Column("asked_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("second_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)",
            name=op.f("ck_withdrawals_decided_at_some_time"),
        ),
        sa.CheckConstraint(
            "state <> 'agreed' OR (second_by IS NOT NULL AND second_by <> asked_by)",
            name=op.f("ck_withdrawals_two_people_agreed"),
        ),
        sa.CheckConstraint(
            "state IN ('agreed', 'asked', 'declined')", name=op.f("ck_withdrawals_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_withdrawals_asked_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_withdrawals_card_id_cards")
        ),
        sa.ForeignKeyConstraint(
            ["second_by"], ["people.id"], name=op.f("fk_withdrawals_second_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
    )
    with op.batch_alter_table("withdrawals") as batch_op:
        batch_op.create_index(
            "uq_withdrawals_one_a_card",
            ["card_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'agreed')"),
            postgresql_where=sa.text("state IN ('asked', 'agreed')"),
        )

    op.create_table(
        "corrections",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "withdrawal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "recipient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owed_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("warned_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column(
            "answered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("answered_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('not_restored', 'restored')", name=op.f("ck_corrections_outcome_known")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_corrections_answered_at_some_time"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_corrections_answered_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_corrections_recipient_id_recipients")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_corrections_referral_id_referrals")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"],
            ["withdrawals.id"],
            name=op.f("fk_corrections_withdrawal_id_withdrawals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint(
            "recipient_id", "number", name=op.f("uq_corrections_recipient_id_number")
        ),
        sa.UniqueConstraint("referral_id", name=op.f("uq_corrections_referral_id")),
    )
    op.create_table(
        "receipts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("answered_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stands", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("told_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "code IN ('actioned', 'already_gone', 'bad_capture', 'bad_url', 'duplicate', 'need_info', 'not_violating', 'partly')",
            name=op.f("ck_receipts_code_known"),
        ),
        sa.CheckConstraint(
            "way IN ('button', 'reply', 'sheet')", name=op.f("ck_receipts_way_known")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_receipts_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_receipts_referral_id_referrals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    with op.batch_alter_table("receipts") as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_referral_id"), ["referral_id"], unique=False)
        batch_op.create_index(
            "uq_receipts_one_standing_a_referral",
            ["referral_id"],
            unique=True,
            sqlite_where=sa.text("stands"),
            postgresql_where=sa.text("stands"),
        )

    op.create_table(
        "disputes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('agreed', 'dropped', 'kept', 'open')", name=op.f("ck_disputes_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('agreed', 'kept') OR decided_by IS NOT NULL",
            name=op.f("ck_disputes_somebody_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_disputes_decided_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_disputes_receipt_id_receipts")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_disputes_referral_id_referrals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_disputes_receipt_id")),
    )
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(
            sa.Column(
                "correction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_correction_id_corrections"),
            "corrections",
            ["correction_id"],
            ["id"],
        )

    with op.batch_alter_table("revisions") as batch_op:
        batch_op.add_column(
            sa.Column("forgotten_at", types.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.create_index(
            "ix_revisions_with_words",
            ["seen_at"],
            unique=False,
            sqlite_where=sa.text("forgotten_at IS NULL"),
            postgresql_where=sa.text("forgotten_at IS NULL"),
        )
    with op.batch_alter_table("cards") as cards:
        cards.drop_constraint(op.f("ck_cards_state_known"), type_="check")
        cards.create_check_constraint(op.f("ck_cards_state_known"), f"state IN ({_NEW_CARDS})")
    with op.batch_alter_table("referrals") as referrals:
        referrals.drop_constraint(op.f("ck_referrals_state_known"), type_="check")
        referrals.drop_constraint(op.f("ck_referrals_sent_in_a_digest"), type_="check")
        referrals.create_check_constraint(
            op.f("ck_referrals_state_known"), f"state IN ({_NEW_REFERRALS})"
        )
        referrals.create_check_constraint(
            op.f("ck_referrals_sent_in_a_digest"),
            "state NOT IN ('leased', 'delivered', 'answered') OR digest_id IS NOT NULL",
        )


def downgrade() -> None:
    # The older schema has no word for these; what people decided must stay.
    op.execute("UPDATE referrals SET state = 'delivered' WHERE state = 'answered'")
    op.execute("UPDATE cards SET state = 'referred' WHERE state = 'withdrawn'")
    with op.batch_alter_table("referrals") as referrals:
        referrals.drop_constraint(op.f("ck_referrals_state_known"), type_="check")
        referrals.drop_constraint(op.f("ck_referrals_sent_in_a_digest"), type_="check")
        referrals.create_check_constraint(
            op.f("ck_referrals_state_known"), f"state IN ({_OLD_REFERRALS})"
        )
        referrals.create_check_constraint(
            op.f("ck_referrals_sent_in_a_digest"),
            "state NOT IN ('leased', 'delivered') OR digest_id IS NOT NULL",
        )
    with op.batch_alter_table("cards") as cards:
        cards.drop_constraint(op.f("ck_cards_state_known"), type_="check")
        cards.create_check_constraint(op.f("ck_cards_state_known"), f"state IN ({_OLD_CARDS})")
    with op.batch_alter_table("revisions") as batch_op:
        batch_op.drop_index(
            "ix_revisions_with_words",
            sqlite_where=sa.text("forgotten_at IS NULL"),
            postgresql_where=sa.text("forgotten_at IS NULL"),
        )
        batch_op.drop_column("forgotten_at")

    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_outbox_correction_id_corrections"), type_="foreignkey"
        )
        batch_op.drop_column("correction_id")

    op.drop_table("disputes")
    with op.batch_alter_table("receipts") as batch_op:
        batch_op.drop_index(
            "uq_receipts_one_standing_a_referral",
            sqlite_where=sa.text("stands"),
            postgresql_where=sa.text("stands"),
        )
        batch_op.drop_index(batch_op.f("ix_receipts_referral_id"))

    op.drop_table("receipts")
    op.drop_table("corrections")
    with op.batch_alter_table("withdrawals") as batch_op:
        batch_op.drop_index(
            "uq_withdrawals_one_a_card",
            sqlite_where=sa.text("state IN ('asked', 'agreed')"),
            postgresql_where=sa.text("state IN ('asked', 'agreed')"),
        )

    op.drop_table("withdrawals")
    with op.batch_alter_table("reopenings") as batch_op:
        batch_op.drop_index(batch_op.f("ix_reopenings_card_id"))

    op.drop_table("reopenings")
    op.drop_table("received")
    with op.batch_alter_table("digest_calls") as batch_op:
        batch_op.drop_index(
            "ix_digest_calls_due",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.drop_table("digest_calls")
    op.drop_table("pauses")
    op.drop_table("holds")
    op.drop_table("retention_days")
