"""Sign-ins that ended lately are found without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_people_sign_in_ended_at", "people_sign_in", ["ended_at"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_people_sign_in_ended_at", table_name="people_sign_in")
