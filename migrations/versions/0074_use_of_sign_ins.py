"""A sign-in says when it was last used, so that it ends by itself when nobody does anything."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"


def upgrade() -> None:
    """Add the moment; of what is open now nothing else is known than when it began."""
    op.add_column("people_sign_in", sa.Column("used_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE people_sign_in SET used_at = started_at")
    with op.batch_alter_table("people_sign_in") as batch:
        batch.alter_column("used_at", existing_type=sa.DateTime(), nullable=False)


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("people_sign_in") as batch:
        batch.drop_column("used_at")
