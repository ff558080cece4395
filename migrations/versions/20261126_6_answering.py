"""answering."""

from collections.abc import Sequence

revision: str = "a10636748af0"
down_revision: str | None = "a105b409934c"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
