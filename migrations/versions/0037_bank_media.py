"""Files of items: pictures, sound and film, each sealed with the key of its bank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

MEDIUM = "bank_medium"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        MEDIUM,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("print", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("brought_by_id", sa.String(), nullable=False),
        sa.Column("brought_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{MEDIUM}"),
        sa.UniqueConstraint("bank_id", "print", name=f"uq_{MEDIUM}_bank_id_print"),
        sa.ForeignKeyConstraint(["bank_id"], ["bank_bank.id"], name=f"fk_{MEDIUM}_bank_id"),
        sa.ForeignKeyConstraint(["brought_by_id"], ["people_person.id"], name=f"fk_{MEDIUM}_brought_by_id"),
        sa.CheckConstraint("size > 0", name=op.f(f"ck_{MEDIUM}_size")),
    )
    op.create_index(f"ix_{MEDIUM}_bank_id", MEDIUM, ["bank_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table(MEDIUM)
