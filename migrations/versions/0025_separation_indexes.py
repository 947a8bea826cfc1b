"""Indexes that keep questions about millions of rows as quick as about hundreds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

WAITING = sa.text("position IS NULL")


def upgrade() -> None:
    """Find the waiting leaves by themselves, and walk the decisions of one kind in their order."""
    op.create_index(
        "ix_ledger_leaf_waiting", "ledger_leaf", ["id"], postgresql_where=WAITING, sqlite_where=WAITING
    )
    op.create_index("ix_ledger_entry_kind_id", "ledger_entry", ["kind", "id"])
    op.drop_index("ix_ledger_entry_kind", "ledger_entry")


def downgrade() -> None:
    """Put the index of kinds alone back."""
    op.create_index("ix_ledger_entry_kind", "ledger_entry", ["kind"])
    op.drop_index("ix_ledger_entry_kind_id", "ledger_entry")
    op.drop_index("ix_ledger_leaf_waiting", "ledger_leaf")
