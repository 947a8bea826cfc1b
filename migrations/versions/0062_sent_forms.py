"""A form of the desk that is sent twice does its deed once: the marks of those that were done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"

SENT = "invigilation_sent_form"


def upgrade() -> None:
    """Add the table; a page that was open before carries no mark, and its form is done as it comes."""
    op.create_table(
        SENT,
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=f"pk_{SENT}"),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings_sitting.id"], name=f"fk_{SENT}_sitting_id_sittings_sitting"
        ),
    )
    op.create_index(f"ix_{SENT}_sitting_id", SENT, ["sitting_id"])


def downgrade() -> None:
    """Take it away; a form that is sent twice is done twice again."""
    op.drop_table(SENT)
