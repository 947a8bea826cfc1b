"""Whether a file gives a question another key is told from what the item says, not from a stored print of it.

The print left signs out (``10²`` and ``102`` had the same), and to make it anew takes the bank's key.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    """Drop the print of question and key."""
    op.drop_column("bank_item", "answer_print")


def downgrade() -> None:
    """Give the print back, empty: then no key is told to be another until the item is written anew."""
    with op.batch_alter_table("bank_item") as table:
        table.add_column(sa.Column("answer_print", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("bank_item") as table:
        table.alter_column("answer_print", server_default=None)
