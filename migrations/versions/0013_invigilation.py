"""First tables of invigilation."""

from __future__ import annotations

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
