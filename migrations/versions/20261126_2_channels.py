"""channels."""

from collections.abc import Sequence

revision: str = "a10220a333c8"
down_revision: str | None = "a1010f264bf3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
