"""A source that was replaced says which of its articles changed, for items that come into use later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    """Add the column; of earlier changes it is not known, so that all articles count as changed."""
    op.add_column("bank_source", sa.Column("changed_articles", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget which articles changed."""
    op.drop_column("bank_source", "changed_articles")
