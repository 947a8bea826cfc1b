"""First tables of staffing."""

from __future__ import annotations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
