"""Results are entered some papers at a time: until their sitting is marked they belong to none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"

RESULT, COUNTING = "marking_result", "ck_marking_result_counting"


def upgrade() -> None:
    """Let what is only entered be without a sitting, and nothing else."""
    with op.batch_alter_table(RESULT) as batch:
        batch.alter_column("sitting_id", existing_type=sa.Integer(), nullable=True)
        batch.create_check_constraint(op.f(COUNTING), "(state = 'entered') = (sitting_id IS NULL)")


def downgrade() -> None:
    """Take away what is only entered: the next marking begins anew."""
    op.execute(
        "DELETE FROM marking_mark WHERE result_id IN (SELECT id FROM marking_result WHERE sitting_id IS NULL)"
    )
    op.execute("DELETE FROM marking_result WHERE sitting_id IS NULL")
    with op.batch_alter_table(RESULT) as batch:
        batch.drop_constraint(op.f(COUNTING), type_="check")
        batch.alter_column("sitting_id", existing_type=sa.Integer(), nullable=False)
