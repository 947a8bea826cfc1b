"""${message}."""

from __future__ import annotations

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Walk it back."""
