"""referring."""

from collections.abc import Sequence

revision: str = "a105b409934c"
down_revision: str | None = "a10475fc5975"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
