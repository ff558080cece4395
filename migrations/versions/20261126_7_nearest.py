"""nearest."""

from collections.abc import Sequence

revision: str = "a1074f501848"
down_revision: str | None = "a10636748af0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
