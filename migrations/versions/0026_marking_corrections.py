"""Corrections of marks: proposed by one person, decided by another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

OPEN = sa.text("state = 'proposed'")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "marking_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("old_marks", sa.Integer(), nullable=False),
        sa.Column("new_marks", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("was_published", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_marking_correction"),
        sa.UniqueConstraint("code", name="uq_marking_correction_code"),
        sa.CheckConstraint(
            "new_marks >= 0 AND new_marks <> old_marks", name=op.f("ck_marking_correction_change")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_marking_correction_decision"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR decided_by_id <> proposed_by_id",
            name=op.f("ck_marking_correction_four_eyes"),
        ),
        sa.ForeignKeyConstraint(["result_id"], ["marking_result.id"], name="fk_marking_correction_result_id"),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["people_person.id"], name="fk_marking_correction_proposed_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people_person.id"], name="fk_marking_correction_decided_by_id"
        ),
    )
    op.create_index("ix_marking_correction_result_id", "marking_correction", ["result_id"])
    op.create_index(
        "ix_marking_correction_open",
        "marking_correction",
        ["result_id"],
        unique=True,
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("marking_correction")
