"""Another kind for a channel, and requests for a second admin that end by themselves."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage import types

revision: str = "a114d40c7b93"
down_revision: str | None = "a1137d90b3aa"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = "('media', 'ordinary', 'party', 'religious', 'union')"
_STATES = (
    "'cancelled', 'collecting', 'done', 'expired', 'kind', 'reason', 'refused', 'requested', "
    "'wanted', 'working'"
)
_ASKED = sa.text("state = 'asked'")


def upgrade() -> None:
    _states_of_additions(_STATES)
    op.create_table(
        "kind_changes",
        sa.Column("id", _BIG_ID, sa.Identity(), nullable=False),
        sa.Column("channel_id", _BIG_ID, nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", types.PlainText(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_by", _BIG_ID, nullable=False),
        sa.Column("asked_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", _BIG_ID, nullable=True),
        sa.Column("closed_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"before IN {_KINDS}", name=op.f("ck_kind_changes_before_known")),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_kind_changes_kind_known")),
        sa.CheckConstraint(
            "state IN ('asked', 'done', 'expired', 'refused')",
            name=op.f("ck_kind_changes_state_known"),
        ),
        sa.CheckConstraint("before <> kind", name=op.f("ck_kind_changes_is_another_kind")),
        sa.CheckConstraint(
            "decided_by <> asked_by", name=op.f("ck_kind_changes_second_is_another")
        ),
        sa.CheckConstraint(
            "state <> 'done' OR NOT needs_second OR decided_by IS NOT NULL",
            name=op.f("ck_kind_changes_second_has_agreed"),
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (closed_at IS NULL)",
            name=op.f("ck_kind_changes_closed_at_some_time"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_kind_changes_asked_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_kind_changes_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_kind_changes_decided_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kind_changes")),
    )
    op.create_index(
        "uq_kind_changes_one_asked_a_channel",
        "kind_changes",
        ["channel_id"],
        unique=True,
        sqlite_where=_ASKED,
        postgresql_where=_ASKED,
    )


def downgrade() -> None:
    op.drop_table("kind_changes")
    op.execute("UPDATE additions SET state = 'cancelled' WHERE state = 'expired'")
    _states_of_additions(_STATES.replace("'expired', ", ""))


def _states_of_additions(states: str) -> None:
    with op.batch_alter_table("additions") as additions:
        additions.drop_constraint(op.f("ck_additions_state_known"), type_="check")
        additions.create_check_constraint(op.f("ck_additions_state_known"), f"state IN ({states})")
