"""Items say what they ask of the mind (认知层次), for blueprints count by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Add the column; of items written before it is not known."""
    op.add_column("bank_item", sa.Column("cognitive", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("bank_item", "cognitive")
