"""The tree over the ledger's leaves, and its signed heads; entries made before get their leaves here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables; each entry gets its leaf, and the sequencer gives it its place."""
    op.create_table(
        "ledger_leaf",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("leaf_hash", sa.String(), nullable=False),
        sa.Column("position", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_leaf"),
        sa.UniqueConstraint("leaf_hash", name="uq_ledger_leaf_leaf_hash"),
        sa.UniqueConstraint("position", name="uq_ledger_leaf_position"),
    )
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("index", NUMBER, nullable=False, autoincrement=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name="pk_ledger_node"),
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_head"),
        sa.UniqueConstraint("size", name="uq_ledger_head_size"),
    )
    op.execute("INSERT INTO ledger_leaf (leaf_hash) SELECT leaf_hash FROM ledger_entry ORDER BY id")


def downgrade() -> None:
    """Take them away; the entries and their hashes stay."""
    for table in ("head", "node", "leaf"):
        op.drop_table(f"ledger_{table}")
