"""What was found of the questions of a sitting is kept for its pages: large ones are counted once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0071"


def upgrade() -> None:
    """Add the figures; none are there until a sitting is described again."""
    op.add_column("marking_described", sa.Column("figures_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Give the figures up: they are counted again whenever they are wanted."""
    op.drop_column("marking_described", "figures_sealed")
