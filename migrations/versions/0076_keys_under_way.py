"""A changed key is under way until ledger and persons are told of every result that follows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"

CHANGE, EFFECT, FOLLOWING = "marking_key_change", "marking_key_effect", "ck_marking_key_change_following"


def upgrade() -> None:
    """Add when it was done; what is there was told of in the deed that changed it."""
    with op.batch_alter_table(EFFECT) as batch:
        batch.add_column(sa.Column("followed_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("outcome_code", sa.String(), nullable=True))
    op.add_column(CHANGE, sa.Column("followed_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE marking_key_effect SET followed_at = at")
    op.execute("UPDATE marking_key_change SET followed_at = decided_at WHERE state = 'approved'")
    with op.batch_alter_table(CHANGE) as batch:
        batch.create_check_constraint(op.f(FOLLOWING), "state = 'approved' OR followed_at IS NULL")


def downgrade() -> None:
    """Forget it; whoever goes back lets what is under way come to its end before."""
    with op.batch_alter_table(CHANGE) as batch:
        batch.drop_constraint(op.f(FOLLOWING), type_="check")
        batch.drop_column("followed_at")
    with op.batch_alter_table(EFFECT) as batch:
        batch.drop_column("outcome_code")
        batch.drop_column("followed_at")
