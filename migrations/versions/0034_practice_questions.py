"""Practice questions of the training side pass through the door to the examination side."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

PRACTICE = "handover_practice_question"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        PRACTICE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_code", sa.String(), nullable=False),
        sa.Column("issued_by_id", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{PRACTICE}"),
        sa.UniqueConstraint("code", name=f"uq_{PRACTICE}_code"),
        sa.ForeignKeyConstraint(["key_id"], ["handover_key.id"], name=f"fk_{PRACTICE}_key_id"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table(PRACTICE)
