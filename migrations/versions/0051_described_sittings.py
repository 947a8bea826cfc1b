"""Whether the questions of a marked sitting were described; earlier ones are found by having no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0049"


def upgrade() -> None:
    """Add the table, empty."""
    op.create_table(
        "marking_described",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("sitting_id", name="pk_marking_described"),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings_sitting.id"], name="fk_marking_described_sitting_id"
        ),
    )


def downgrade() -> None:
    """Forget what was described."""
    op.drop_table("marking_described")
