"""First tables of marking."""

from __future__ import annotations

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
