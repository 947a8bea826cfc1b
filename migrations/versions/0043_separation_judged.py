"""The rules know who marks whose responses, so that nobody marks people they know, or one response twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0041"

JUDGED = "separation_judged"
INDEXED = ("person_id", "sitting_code", "other_id", "response_code")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        JUDGED,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in INDEXED),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stated_by_id", sa.String(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{JUDGED}"),
        sa.UniqueConstraint("supersedes_id", name=f"uq_{JUDGED}_supersedes_id"),
        sa.ForeignKeyConstraint(["supersedes_id"], [f"{JUDGED}.id"], name=f"fk_{JUDGED}_supersedes_id"),
    )
    for name in INDEXED:
        op.create_index(f"ix_{JUDGED}_{name}", JUDGED, [name])


def downgrade() -> None:
    """Take it away."""
    op.drop_table(JUDGED)
