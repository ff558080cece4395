"""The notice board."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage import types

revision: str = "a10475fc5975"
down_revision: str | None = "a103c5d0bfbd"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "board",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("title", types.PlainText(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.JSON(), nullable=True),
        sa.Column("shown_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column(
            "called_card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_board_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
    )
    _change_outbox("kind IN ('board', 'desk', 'digest', 'notice')", "kind IN ('desk', 'board')")


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE kind = 'board'")
    _change_outbox("kind IN ('desk', 'digest', 'notice')", "kind = 'desk'")
    op.drop_table("board")


def _change_outbox(kinds: str, drawn_when_it_leaves: str) -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint(op.f("ck_outbox_kind_known"), type_="check")
        outbox.drop_constraint(op.f("ck_outbox_says_something"), type_="check")
        outbox.create_check_constraint(op.f("ck_outbox_kind_known"), kinds)
        outbox.create_check_constraint(
            op.f("ck_outbox_says_something"), f"{drawn_when_it_leaves} OR letter IS NOT NULL"
        )
