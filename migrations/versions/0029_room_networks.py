"""Networks from which the machines of an exam room come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sites_network",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["sites_room.id"], name="fk_sites_network_room_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sites_network"),
    )
    op.create_index("ix_sites_network_room_id", "sites_network", ["room_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("sites_network")
