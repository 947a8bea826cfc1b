"""First tables of certificates."""

from __future__ import annotations

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
