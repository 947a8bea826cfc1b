"""The register says who wrote or reviewed an item of a sealed paper whose items nobody may list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

KNOWS = "separation_knows"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        KNOWS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stated_by_id", sa.String(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("paper_code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{KNOWS}"),
        sa.UniqueConstraint("supersedes_id", name=f"uq_{KNOWS}_supersedes_id"),
        sa.ForeignKeyConstraint(["supersedes_id"], [f"{KNOWS}.id"], name=f"fk_{KNOWS}_supersedes_id"),
    )
    for column in ("person_id", "paper_code"):
        op.create_index(f"ix_{KNOWS}_{column}", KNOWS, [column])


def downgrade() -> None:
    """Take it away."""
    op.drop_table(KNOWS)
