"""preview: a source more, reach, and what visits keep: watches, gaps, rechecks, switches."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import BigId
from bot.storage.types import UtcDateTime

revision: str = "a1010f264bf3"
down_revision: str | None = "01c01eb160c0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.add_column(sa.Column("views", sa.BigInteger()))
        posts.add_column(
            sa.Column("views_approx", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        posts.create_check_constraint(op.f("ck_posts_views_are_counted"), "views >= 0")
        posts.drop_constraint(op.f("ck_posts_source_known"), type_="check")
        posts.create_check_constraint(
            op.f("ck_posts_source_known"), "source IN ('bot', 'export', 'preview')"
        )
    with op.batch_alter_table("learning_sources") as sources:
        sources.drop_constraint(op.f("ck_learning_sources_source_known"), type_="check")
        sources.create_check_constraint(
            op.f("ck_learning_sources_source_known"), "source IN ('bot', 'export', 'preview')"
        )
    _reach()
    _whose_words()
    _visits()


def _reach() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.add_column(
            sa.Column("is_history", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        posts.add_column(sa.Column("deleted_at", UtcDateTime()))
    with op.batch_alter_table("channels") as channels:
        channels.add_column(sa.Column("subscribers", sa.BigInteger()))
        channels.add_column(
            sa.Column("subscribers_approx", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        channels.create_check_constraint(
            op.f("ck_channels_subscribers_are_counted"), "subscribers >= 0"
        )


def _whose_words() -> None:
    """Which source told a revision; until now that was the post's own."""
    op.add_column("revisions", sa.Column("source", sa.String(16)))
    op.execute(
        "UPDATE revisions SET source = (SELECT source FROM posts WHERE posts.id = revisions.post_id)"
    )
    with op.batch_alter_table("revisions") as revisions:
        revisions.alter_column("source", existing_type=sa.String(16), nullable=False)
        revisions.create_check_constraint(
            op.f("ck_revisions_source_known"), "source IN ('bot', 'export', 'preview')"
        )


def _visits() -> None:
    known = "source IN ('bot', 'export', 'preview')"
    op.create_table(
        "sources",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.Text()),
        sa.Column("changed_by", BigId, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("troubles", sa.Integer(), server_default="0", nullable=False),
        sa.Column("paused_until", UtcDateTime()),
        sa.CheckConstraint(known, name=op.f("ck_sources_source_known")),
        sa.CheckConstraint(
            "source <> 'preview' OR NOT is_on OR legal_basis IS NOT NULL",
            name=op.f("ck_sources_preview_on_a_basis"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_sources_changed_by_people")
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_sources")),
    )
    op.create_table(
        "watches",
        sa.Column("channel_id", BigId, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("health", sa.String(16), nullable=False),
        sa.Column("health_since", UtcDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("visited_at", UtcDateTime()),
        sa.Column("well_at", UtcDateTime()),
        sa.Column("floor", sa.BigInteger()),
        sa.Column("max_seen", sa.BigInteger()),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("rendered_at", UtcDateTime()),
        sa.Column("slow", sa.Float(), server_default="0", nullable=False),
        sa.Column("fast", sa.Float(), server_default="0", nullable=False),
        sa.Column("peak", sa.Float(), server_default="0", nullable=False),
        sa.Column("wanted_seconds", sa.Integer(), nullable=False),
        sa.Column("expected_delay_seconds", sa.Integer()),
        sa.CheckConstraint(known, name=op.f("ck_watches_source_known")),
        sa.CheckConstraint(
            "health IN ('challenge', 'drift', 'empty', 'new', 'no_preview', 'other_channel', "
            "'refused', 'server_error', 'spoilt', 'throttled', 'unknown_name', 'unreachable', 'well')",
            name=op.f("ck_watches_health_known"),
        ),
        sa.CheckConstraint(
            "(floor IS NULL) = (max_seen IS NULL)", name=op.f("ck_watches_cursor_is_whole")
        ),
        sa.CheckConstraint("wanted_seconds > 0", name=op.f("ck_watches_interval_passes")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_watches_channel_id_channels")
        ),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_watches")),
    )
    op.create_index(
        "ix_watches_due",
        "watches",
        ["due_at"],
        sqlite_where=sa.text("is_active IS 1"),
        postgresql_where=sa.text("is_active IS true"),
    )
    op.create_table(
        "gaps",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("channel_id", BigId, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_gaps_is_a_stretch")),
        sa.CheckConstraint("reason IN ('missed', 'unread')", name=op.f("ck_gaps_reason_known")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["watches.channel_id"], name=op.f("fk_gaps_channel_id_watches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_index(op.f("ix_gaps_channel_id"), "gaps", ["channel_id"])
    op.create_index(op.f("ix_gaps_due_at"), "gaps", ["due_at"])
    op.create_table(
        "rechecks",
        sa.Column("post_id", BigId, nullable=False),
        sa.Column("owed_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("round", sa.Integer(), server_default="0", nullable=False),
        sa.Column("member", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("missing_since", UtcDateTime()),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_rechecks_post_id_posts")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_rechecks")),
    )
    op.create_index(op.f("ix_rechecks_due_at"), "rechecks", ["due_at"])


def downgrade() -> None:
    for table in ("rechecks", "gaps", "watches", "sources"):
        op.drop_table(table)
    with op.batch_alter_table("revisions") as revisions:
        revisions.drop_constraint(op.f("ck_revisions_source_known"), type_="check")
        revisions.drop_column("source")
    with op.batch_alter_table("channels") as channels:
        channels.drop_constraint(op.f("ck_channels_subscribers_are_counted"), type_="check")
        channels.drop_column("subscribers_approx")
        channels.drop_column("subscribers")
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("deleted_at")
        posts.drop_column("is_history")
    # The older schema has no word for the preview; posts that people decided on must stay.
    op.execute("UPDATE posts SET source = 'export' WHERE source = 'preview'")
    op.execute("DELETE FROM learning_sources WHERE source = 'preview'")
    with op.batch_alter_table("learning_sources") as sources:
        sources.drop_constraint(op.f("ck_learning_sources_source_known"), type_="check")
        sources.create_check_constraint(
            op.f("ck_learning_sources_source_known"), "source IN ('bot', 'export')"
        )
    with op.batch_alter_table("posts") as posts:
        posts.drop_constraint(op.f("ck_posts_source_known"), type_="check")
        posts.create_check_constraint(op.f("ck_posts_source_known"), "source IN ('bot', 'export')")
        posts.drop_constraint(op.f("ck_posts_views_are_counted"), type_="check")
        posts.drop_column("views_approx")
        posts.drop_column("views")
