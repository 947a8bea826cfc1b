"""A key for each item bank, wrapped by the master key: room for the key that a rotation replaces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Keep the old key beside the new one while the bank's content is encrypted anew."""
    op.add_column("bank_bank", sa.Column("old_key_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Forget the old key; a rotation that is under way must be ended first."""
    bank = sa.table("bank_bank", sa.column("old_key_sealed"))
    under_way = op.get_bind().scalar(
        sa.select(sa.func.count()).select_from(bank).where(bank.c.old_key_sealed.is_not(None))
    )
    if under_way:
        raise RuntimeError("a key is being rotated; run: trainhub keys rotate")
    op.drop_column("bank_bank", "old_key_sealed")
