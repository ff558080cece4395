"""channels: lists to be added, why and for whom, thresholds, renewals, those left out."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import BigId
from bot.storage.types import UtcDateTime

revision: str = "a10220a333c8"
down_revision: str | None = "a1010f264bf3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KINDS = "kind IN ('media', 'ordinary', 'party', 'religious', 'union')"
_WANTED_BY = "wanted_by IN ('own', 'public', 'recipient')"
_STATES = "state IN ('lapsed', 'paused', 'removed', 'scanned', 'waiting', 'watching')"
_EARLIER_STATES = "state IN ('removed', 'scanned', 'waiting', 'watching')"


def upgrade() -> None:
    _channels()
    _additions()
    op.create_table(
        "left_out",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("chat_id", sa.BigInteger()),
        sa.Column("username_key", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("listed_by", BigId, nullable=False),
        sa.Column("listed_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_by", BigId),
        sa.Column("lifted_at", UtcDateTime()),
        sa.CheckConstraint(
            "(lifted_by IS NULL) = (lifted_at IS NULL)",
            name=op.f("ck_left_out_lifted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["listed_by"], ["people.id"], name=op.f("fk_left_out_listed_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["people.id"], name=op.f("fk_left_out_lifted_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_out")),
    )
    op.create_index(
        "uq_left_out_once",
        "left_out",
        ["username_key"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "basis_drafts",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("basis", sa.Text()),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "source IN ('bot', 'export', 'preview')", name=op.f("ck_basis_drafts_source_known")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_basis_drafts_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_basis_drafts")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("due_at", name=op.f("pk_heartbeats")),
    )


def _channels() -> None:
    with op.batch_alter_table("channels") as channels:
        channels.add_column(sa.Column("removed_at", UtcDateTime()))
        channels.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        channels.add_column(
            sa.Column("kind", sa.String(16), nullable=False, server_default="ordinary")
        )
        channels.add_column(
            sa.Column("wanted_by", sa.String(16), nullable=False, server_default="own")
        )
        channels.add_column(sa.Column("threshold", sa.Float()))
        channels.add_column(sa.Column("renewed_at", UtcDateTime()))
        channels.add_column(sa.Column("renewal_asked_at", UtcDateTime()))
        channels.create_check_constraint(
            op.f("ck_channels_threshold_is_a_share"), "threshold > 0 AND threshold < 1"
        )
        channels.create_check_constraint(op.f("ck_channels_kind_known"), _KINDS)
        channels.create_check_constraint(op.f("ck_channels_wanted_by_known"), _WANTED_BY)
        channels.drop_constraint(op.f("ck_channels_state_known"), type_="check")
        channels.create_check_constraint(op.f("ck_channels_state_known"), _STATES)


def _additions() -> None:
    op.create_table(
        "additions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("wanted_by", sa.String(16), nullable=False),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", BigId),
        sa.Column("closed_at", UtcDateTime()),
        sa.CheckConstraint(
            "state IN ('cancelled', 'collecting', 'done', 'kind', 'reason', 'refused', 'requested',"
            " 'wanted', 'working')",
            name=op.f("ck_additions_state_known"),
        ),
        sa.CheckConstraint(_KINDS, name=op.f("ck_additions_kind_known")),
        sa.CheckConstraint(_WANTED_BY, name=op.f("ck_additions_wanted_by_known")),
        sa.CheckConstraint("decided_by <> person_id", name=op.f("ck_additions_second_is_another")),
        sa.CheckConstraint(
            "state NOT IN ('working', 'done') OR decided_by IS NOT NULL"
            " OR (kind = 'ordinary' AND wanted_by <> 'recipient')",
            name=op.f("ck_additions_second_has_agreed"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_additions_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_additions_decided_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additions")),
    )
    asked = sa.text("state IN ('collecting', 'reason', 'kind', 'wanted')")
    op.create_index(
        "uq_additions_one_asked_a_person",
        "additions",
        ["person_id"],
        unique=True,
        sqlite_where=asked,
        postgresql_where=asked,
    )
    op.create_table(
        "addition_lines",
        sa.Column("addition_id", BigId, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, server_default=""),
        sa.Column("answer", sa.String(16)),
        sa.CheckConstraint(
            "answer IN ('already', 'bad_name', 'left_out', 'not_a_channel', 'paused', 'preview',"
            " 'private', 'removed', 'stopped', 'unknown', 'waiting', 'watching')",
            name=op.f("ck_addition_lines_answer_known"),
        ),
        sa.ForeignKeyConstraint(
            ["addition_id"],
            ["additions.id"],
            name=op.f("fk_addition_lines_addition_id_additions"),
        ),
        sa.PrimaryKeyConstraint("addition_id", "place", name=op.f("pk_addition_lines")),
    )


def downgrade() -> None:
    op.drop_table("heartbeats")
    op.drop_table("basis_drafts")
    op.drop_table("left_out")
    op.drop_table("addition_lines")
    op.drop_table("additions")
    # The older schema has no word for either; nothing of such a channel is read.
    op.execute("UPDATE channels SET state = 'removed' WHERE state IN ('lapsed', 'paused')")
    with op.batch_alter_table("channels") as channels:
        channels.drop_constraint(op.f("ck_channels_state_known"), type_="check")
        channels.create_check_constraint(op.f("ck_channels_state_known"), _EARLIER_STATES)
        for name in ("wanted_by_known", "kind_known", "threshold_is_a_share"):
            channels.drop_constraint(op.f(f"ck_channels_{name}"), type_="check")
        for name in (
            "renewal_asked_at",
            "renewed_at",
            "threshold",
            "wanted_by",
            "kind",
            "reason",
            "removed_at",
        ):
            channels.drop_column(name)
