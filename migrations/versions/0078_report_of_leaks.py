"""What comparing practice questions found is told once a day, whether or not anything was found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0076"

REPORT, LEAK = "bank_leak_report", "bank_leak"


def upgrade() -> None:
    """Make the table; what was found before was told when it was found."""
    op.create_table(
        REPORT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{REPORT}"),
    )
    op.create_index(f"ix_{REPORT}_at", REPORT, ["at"])
    op.add_column(LEAK, sa.Column("reported_at", sa.DateTime(), nullable=True))
    op.execute(f"UPDATE {LEAK} SET reported_at = found_at")


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table(LEAK) as batch:
        batch.drop_column("reported_at")
    op.drop_index(f"ix_{REPORT}_at", REPORT)
    op.drop_table(REPORT)
