"""Assessors may leave a note to what they marked; it is sealed, for it may quote the question."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """Add the column; nobody left a note before."""
    op.add_column("marking_judgement", sa.Column("note_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Forget the notes."""
    op.drop_column("marking_judgement", "note_sealed")
