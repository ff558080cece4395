"""preview."""

from collections.abc import Sequence

revision: str = "a1010f264bf3"
down_revision: str | None = "01c01eb160c0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
