"""Groups as recipients: their links, their profiles, and those nobody has spoken for yet."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage import types

revision: str = "a109e6d3b5f2"
down_revision: str | None = "a108c41f7d2e"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATES = "state IN ('closed', 'contact', 'live', 'pending', 'test')"
_STATES_BEFORE = "state IN ('contact', 'live', 'pending', 'test')"
_GROUP = sa.text("person_id IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("invites") as invites:
        invites.add_column(
            sa.Column("is_for_group", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        invites.create_check_constraint(
            op.f("ck_invites_groups_are_recipients"), "NOT is_for_group OR role = 'recipient'"
        )
    with op.batch_alter_table("recipients") as recipients:
        recipients.alter_column("person_id", existing_type=_BIG_ID, nullable=True)
        recipients.add_column(sa.Column("group_title", types.PlainText()))
        recipients.add_column(sa.Column("former_chat_id", sa.BigInteger()))
        recipients.add_column(sa.Column("away_since", types.UtcDateTime(timezone=True)))
        recipients.drop_constraint(op.f("ck_recipients_state_known"), type_="check")
        recipients.create_check_constraint(op.f("ck_recipients_state_known"), _STATES)
        recipients.create_check_constraint(
            op.f("ck_recipients_person_or_group"), "(person_id IS NULL) = (group_title IS NOT NULL)"
        )
    op.create_index(
        "uq_recipients_one_a_group",
        "recipients",
        ["chat_id"],
        unique=True,
        sqlite_where=_GROUP,
        postgresql_where=_GROUP,
    )
    op.create_table(
        "doorsteps",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", types.PlainText(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("admin_id", _BIG_ID, nullable=True),
        sa.Column("since", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"], ["people.id"], name=op.f("fk_doorsteps_admin_id_people")
        ),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_doorsteps")),
    )


def downgrade() -> None:
    op.drop_table("doorsteps")
    op.drop_index("uq_recipients_one_a_group", "recipients")
    op.execute(
        "DELETE FROM recipient_codes WHERE recipient_id IN "
        "(SELECT id FROM recipients WHERE person_id IS NULL)"
    )
    op.execute("DELETE FROM recipients WHERE person_id IS NULL")
    with op.batch_alter_table("recipients") as recipients:
        recipients.drop_constraint(op.f("ck_recipients_person_or_group"), type_="check")
        recipients.drop_constraint(op.f("ck_recipients_state_known"), type_="check")
        recipients.create_check_constraint(op.f("ck_recipients_state_known"), _STATES_BEFORE)
        recipients.drop_column("away_since")
        recipients.drop_column("former_chat_id")
        recipients.drop_column("group_title")
        recipients.alter_column("person_id", existing_type=_BIG_ID, nullable=False)
    with op.batch_alter_table("invites") as invites:
        invites.drop_constraint(op.f("ck_invites_groups_are_recipients"), type_="check")
        invites.drop_column("is_for_group")
