"""When the decisions of a training were read."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage import types

revision: str = "a1074f501848"
down_revision: str | None = "a10636748af0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("trainings", sa.Column("taught_at", types.UtcDateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("trainings", "taught_at")
