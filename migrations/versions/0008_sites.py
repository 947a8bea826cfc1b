"""First tables of sites."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
