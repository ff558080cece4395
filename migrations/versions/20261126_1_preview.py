"""preview: a source more, and how often a post was seen."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
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
