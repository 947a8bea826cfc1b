"""Wrong entries of a ticket from outside the room's networks are counted by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"

ATTEMPT, COLUMN = "delivery_attempt", "wrong_entries_outside"


def upgrade() -> None:
    """Add the counter; what was counted so far stays where it is."""
    op.add_column(ATTEMPT, sa.Column(COLUMN, sa.Integer(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    """Take the counter away."""
    op.drop_column(ATTEMPT, COLUMN)
