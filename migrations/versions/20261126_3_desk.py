"""desk: targets, calls, copies beside what was decided, rests, practice."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.storage import types

revision: str = "a103c5d0bfbd"
down_revision: str | None = "a10220a333c8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = types.UtcDateTime(timezone=True)


def upgrade() -> None:
    _widen_cards()
    _widen_reviews()
    _widen_desks()
    op.create_table(
        "calls",
        sa.Column("card_id", _ID, nullable=False),
        sa.Column("call", sa.String(length=16), nullable=False),
        sa.Column("called_at", _TIME, nullable=False),
        sa.CheckConstraint(
            "call IN ('missed', 'near', 'threat', 'unseen')", name=op.f("ck_calls_call_known")
        ),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_calls_card_id_cards")),
        sa.PrimaryKeyConstraint("card_id", "call", name=op.f("pk_calls")),
    )
    op.create_table(
        "practice_answers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("sample", sa.String(length=16), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("answered_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_practice_answers_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_answers")),
    )
    op.create_index(op.f("ix_practice_answers_person_id"), "practice_answers", ["person_id"])


def _widen_cards() -> None:
    with op.batch_alter_table("cards") as cards:
        cards.add_column(sa.Column("due_at", _TIME))
        cards.add_column(sa.Column("looks_like_case_id", _ID))
        cards.create_foreign_key(
            op.f("fk_cards_looks_like_case_id_cases"), "cases", ["looks_like_case_id"], ["id"]
        )
    # What waits from before had no target; it counts as due, and is dealt first.
    op.execute("UPDATE cards SET due_at = opened_at")
    with op.batch_alter_table("cards") as cards:
        cards.alter_column("due_at", existing_type=_TIME, nullable=False)


def _widen_reviews() -> None:
    with op.batch_alter_table("reviews") as reviews:
        reviews.add_column(sa.Column("dealt_at", _TIME))
        reviews.add_column(sa.Column("same_as_card_id", _ID))
        reviews.add_column(
            sa.Column("teaches", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        reviews.create_foreign_key(
            op.f("fk_reviews_same_as_card_id_cards"), "cards", ["same_as_card_id"], ["id"]
        )
        reviews.create_check_constraint(
            op.f("ck_reviews_same_as_a_decision"),
            "same_as_card_id IS NULL OR choice IN ('confirm', 'dismiss')",
        )
        reviews.create_check_constraint(
            op.f("ck_reviews_same_as_another"), "same_as_card_id <> card_id"
        )
        reviews.create_index("ix_reviews_person_id_decided_at", ["person_id", "decided_at"])


def _widen_desks() -> None:
    # A notice from before does not say when it was; it would be too old to be undone by now.
    op.execute("UPDATE desks SET notice = NULL")
    with op.batch_alter_table("desks") as desks:
        for name in ("drawn_at", "dealt_at", "counted_from", "rests_until"):
            desks.add_column(sa.Column(name, _TIME))
        desks.add_column(sa.Column("like_card_id", _ID))
        desks.add_column(
            sa.Column("teaches", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        desks.create_foreign_key(
            op.f("fk_desks_like_card_id_cards"), "cards", ["like_card_id"], ["id"]
        )


def downgrade() -> None:
    op.drop_table("practice_answers")
    op.drop_table("calls")
    op.execute("UPDATE desks SET notice = NULL")
    with op.batch_alter_table("desks") as desks:
        desks.drop_constraint(op.f("fk_desks_like_card_id_cards"), type_="foreignkey")
        for name in ("rests_until", "counted_from", "teaches", "like_card_id", "dealt_at"):
            desks.drop_column(name)
        desks.drop_column("drawn_at")
    with op.batch_alter_table("reviews") as reviews:
        reviews.drop_index("ix_reviews_person_id_decided_at")
        reviews.drop_constraint(op.f("ck_reviews_same_as_another"), type_="check")
        reviews.drop_constraint(op.f("ck_reviews_same_as_a_decision"), type_="check")
        reviews.drop_constraint(op.f("fk_reviews_same_as_card_id_cards"), type_="foreignkey")
        for name in ("teaches", "same_as_card_id", "dealt_at"):
            reviews.drop_column(name)
    with op.batch_alter_table("cards") as cards:
        cards.drop_constraint(op.f("fk_cards_looks_like_case_id_cases"), type_="foreignkey")
        cards.drop_column("looks_like_case_id")
        cards.drop_column("due_at")
