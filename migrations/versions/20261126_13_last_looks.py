"""Looks at posts that are about to leave in a digest: asked for when, and awaited since when."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage import types

revision: str = "a1137d90b3aa"
down_revision: str | None = "a112b7d25c14"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("asked_at", types.UtcDateTime(timezone=True)))
    op.add_column("rechecks", sa.Column("wanted_at", types.UtcDateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("rechecks", "wanted_at")
    op.drop_column("posts", "asked_at")
