"""Whoever repeats an assembly leaves on record whether the same forms came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

REPETITION = "papers_repetition"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        REPETITION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assembly_id", sa.Integer(), nullable=False),
        sa.Column("is_kept_whole", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{REPETITION}"),
        sa.ForeignKeyConstraint(["assembly_id"], ["papers_assembly.id"], name=f"fk_{REPETITION}_assembly_id"),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=f"fk_{REPETITION}_by_id"),
    )
    op.create_index(f"ix_{REPETITION}_assembly_id", REPETITION, ["assembly_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table(REPETITION)
