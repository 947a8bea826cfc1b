"""First tables of sittings."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
