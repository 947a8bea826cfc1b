"""A source that was recorded by mistake in place of another is withdrawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    """Add the column; no source was withdrawn before."""
    op.add_column("bank_source", sa.Column("withdrawn_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Forget which sources were withdrawn; they count again."""
    op.drop_column("bank_source", "withdrawn_at")
