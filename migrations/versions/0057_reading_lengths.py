"""How much there is to read in the questions of an opened paper, for whoever looks at journals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

LENGTHS = "delivery_reading_lengths"


def upgrade() -> None:
    """Add the table; the next process that prepares a form writes them down."""
    op.create_table(
        LENGTHS,
        sa.Column("sitting_code", sa.String(), nullable=False),
        sa.Column("paper_code", sa.String(), nullable=False),
        sa.Column("lengths", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sitting_code", "paper_code", name=f"pk_{LENGTHS}"),
    )


def downgrade() -> None:
    """Take it away; every question counts as read at a glance where a paper is not open."""
    op.drop_table(LENGTHS)
