"""What a referral says besides: a person's translation, and when the post was seen to stand."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage import types

revision: str = "a108c41f7d2e"
down_revision: str | None = "a1074f501848"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("statements", sa.Column("translation", types.PlainText()))
    op.add_column("posts", sa.Column("stood_at", types.UtcDateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("posts", "stood_at")
    op.drop_column("statements", "translation")
