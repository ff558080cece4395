"""people."""

from collections.abc import Sequence

revision: str = "a10475fc5975"
down_revision: str | None = "a103c5d0bfbd"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
