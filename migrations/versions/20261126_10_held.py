"""When somebody was told what keeps a referral back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage import types

revision: str = "a110b27c94e1"
down_revision: str | None = "a109e6d3b5f2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("referrals", sa.Column("held_told_at", types.UtcDateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("referrals", "held_told_at")
