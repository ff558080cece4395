"""desk."""

from collections.abc import Sequence

revision: str = "a103c5d0bfbd"
down_revision: str | None = "a10220a333c8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
