"""The language that a card's post seems to be in, so that it can be counted without the words."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "a115e2907c6f"
down_revision: str | None = "a114d40c7b93"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cards", sa.Column("language", sa.String(length=8)))


def downgrade() -> None:
    op.drop_column("cards", "language")
