"""Original messages that are forwarded beside a digest, where a recipient wants them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "a1113b5e60c4"
down_revision: str | None = "a110b27c94e1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("recipients") as recipients:
        recipients.add_column(
            sa.Column("forwards", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("referral_id", _BIG_ID))
        outbox.add_column(sa.Column("original_id", sa.BigInteger()))
        outbox.create_foreign_key(
            op.f("fk_outbox_referral_id_referrals"), "referrals", ["referral_id"], ["id"]
        )
        outbox.drop_constraint(op.f("ck_outbox_kind_known"), type_="check")
        outbox.create_check_constraint(
            op.f("ck_outbox_kind_known"),
            "kind IN ('board', 'copy', 'desk', 'digest', 'document', 'forward', 'notice')",
        )
        outbox.drop_constraint(op.f("ck_outbox_says_something"), type_="check")
        outbox.create_check_constraint(
            op.f("ck_outbox_says_something"),
            "kind IN ('desk', 'board') OR letter IS NOT NULL OR referral_id IS NOT NULL",
        )
        outbox.create_check_constraint(
            op.f("ck_outbox_forwarded_with_a_digest"), "kind <> 'forward' OR digest_id IS NOT NULL"
        )
        outbox.create_check_constraint(
            op.f("ck_outbox_original_is_referred"), "(referral_id IS NULL) = (original_id IS NULL)"
        )
        outbox.create_check_constraint(
            op.f("ck_outbox_original_is_forwarded"), "referral_id IS NULL OR kind = 'forward'"
        )


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE kind = 'forward'")
    with op.batch_alter_table("outbox") as outbox:
        for name in ("original_is_forwarded", "original_is_referred", "forwarded_with_a_digest"):
            outbox.drop_constraint(op.f(f"ck_outbox_{name}"), type_="check")
        outbox.drop_constraint(op.f("ck_outbox_says_something"), type_="check")
        outbox.create_check_constraint(
            op.f("ck_outbox_says_something"), "kind IN ('desk', 'board') OR letter IS NOT NULL"
        )
        outbox.drop_constraint(op.f("ck_outbox_kind_known"), type_="check")
        outbox.create_check_constraint(
            op.f("ck_outbox_kind_known"),
            "kind IN ('board', 'copy', 'desk', 'digest', 'document', 'notice')",
        )
        outbox.drop_constraint(op.f("fk_outbox_referral_id_referrals"), type_="foreignkey")
        outbox.drop_column("original_id")
        outbox.drop_column("referral_id")
    with op.batch_alter_table("recipients") as recipients:
        recipients.drop_column("forwards")
