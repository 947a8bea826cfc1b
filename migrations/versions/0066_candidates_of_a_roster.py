"""Candidates are found by the roster that they came with: one that was broken off goes on."""

from __future__ import annotations

from alembic import op

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    """Index them."""
    op.create_index("ix_sittings_candidate_import_id", "sittings_candidate", ["import_id"])


def downgrade() -> None:
    """Forget it again."""
    op.drop_index("ix_sittings_candidate_import_id", "sittings_candidate")
