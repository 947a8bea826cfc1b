"""Marks corrected by hand that stay although a key changed: who looked at them, and why they stay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
TABLE = "marking_kept_marks"


def upgrade() -> None:
    """Make the table; what was only listed until now waits for somebody to look at it."""
    op.create_table(
        TABLE,
        sa.Column("key_change_id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kept_by_id", sa.String(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_change_id", "result_id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(
            ["key_change_id"], ["marking_key_change.id"], name=f"fk_{TABLE}_key_change_id"
        ),
        sa.ForeignKeyConstraint(["result_id"], ["marking_result.id"], name=f"fk_{TABLE}_result_id"),
        sa.ForeignKeyConstraint(["kept_by_id"], ["people_person.id"], name=f"fk_{TABLE}_kept_by_id"),
    )
    op.create_index(f"ix_{TABLE}_result_id", TABLE, ["result_id"])


def downgrade() -> None:
    """Take it away; who looked stands in the ledger."""
    op.drop_table(TABLE)
