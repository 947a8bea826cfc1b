"""Indexes that keep questions about millions of rows as quick as about hundreds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

WAITING = sa.text("position IS NULL")


def upgrade() -> None:
    """Find waiting leaves by themselves, decisions of a kind in their order, a person in a sitting."""
    op.create_index(
        "ix_ledger_leaf_waiting", "ledger_leaf", ["id"], postgresql_where=WAITING, sqlite_where=WAITING
    )
    op.create_index("ix_ledger_entry_kind_id", "ledger_entry", ["kind", "id"])
    op.drop_index("ix_ledger_entry_kind", "ledger_entry")
    columns = ["person_id", "sitting_code"]
    op.create_index("ix_separation_registered_person_id_sitting_code", "separation_registered", columns)
    op.drop_index("ix_separation_registered_person_id", "separation_registered")


def downgrade() -> None:
    """Put the indexes of kinds alone and of persons alone back."""
    op.create_index("ix_separation_registered_person_id", "separation_registered", ["person_id"])
    op.drop_index("ix_separation_registered_person_id_sitting_code", "separation_registered")
    op.create_index("ix_ledger_entry_kind", "ledger_entry", ["kind"])
    op.drop_index("ix_ledger_entry_kind_id", "ledger_entry")
    op.drop_index("ix_ledger_leaf_waiting", "ledger_leaf")
