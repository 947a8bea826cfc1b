"""First tables of marking: results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "marking_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("journal_head", sa.String(), nullable=False),
        sa.Column("marked_by_id", sa.String(), nullable=True),
        sa.Column("marked_at", sa.DateTime(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("published_by_id", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_marking_result"),
        sa.UniqueConstraint("candidate_id", name="uq_marking_result_candidate_id"),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_marking_result_publication")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["sittings_candidate.id"], name="fk_marking_result_candidate_id"
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings_sitting.id"], name="fk_marking_result_sitting_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_marking_result_person_id"),
        sa.ForeignKeyConstraint(
            ["marked_by_id"], ["people_person.id"], name="fk_marking_result_marked_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["people_person.id"], name="fk_marking_result_published_by_id"
        ),
    )
    for column in ("sitting_id", "person_id", "state"):
        op.create_index(f"ix_marking_result_{column}", "marking_result", [column])
    op.create_table(
        "marking_mark",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("possible", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("result_id", "number", name="pk_marking_mark"),
        sa.CheckConstraint("given >= 0 AND given <= possible", name=op.f("ck_marking_mark_range")),
        sa.ForeignKeyConstraint(["result_id"], ["marking_result.id"], name="fk_marking_mark_result_id"),
    )
    op.create_index("ix_marking_mark_item_code", "marking_mark", ["item_code"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("marking_mark")
    op.drop_table("marking_result")
