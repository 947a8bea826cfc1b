"""The bank finds items that say the same: sketches, pairs that people judge, practice questions compared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

KEY, SKETCH, BAND, PAIR = "bank_sketch_key", "bank_sketch", "bank_band", "bank_pair"
PRACTICE, LEAK = "bank_practice", "bank_leak"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        KEY,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{KEY}"),
    )
    op.create_table(
        SKETCH,
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=f"pk_{SKETCH}"),
        _of_item(SKETCH, "item_id"),
    )
    op.create_table(
        BAND,
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "item_id", name=f"pk_{BAND}"),
        _of_item(BAND, "item_id"),
    )
    op.create_index(f"ix_{BAND}_item_id", BAND, ["item_id"])
    _make_pairs()
    _make_leaks()


def _of_item(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], ["bank_item.id"], name=name, ondelete="CASCADE")


def _by_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["people_person.id"], name=f"fk_{table}_{column}")


def _make_pairs() -> None:
    op.create_table(
        PAIR,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("difference", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("judged_by_id", sa.String(), nullable=True),
        sa.Column("judged_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{PAIR}"),
        sa.UniqueConstraint("first_id", "second_id", name=f"uq_{PAIR}_first_id_second_id"),
        sa.CheckConstraint("first_id < second_id", name=f"ck_{PAIR}_order"),
        _of_item(PAIR, "first_id"),
        _of_item(PAIR, "second_id"),
        _by_person(PAIR, "judged_by_id"),
    )
    op.create_index(f"ix_{PAIR}_second_id", PAIR, ["second_id"])
    op.create_index(f"ix_{PAIR}_state_percent", PAIR, ["state", "percent"])


def _make_leaks() -> None:
    op.create_table(
        PRACTICE,
        sa.Column("record_code", sa.String(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.Column("compared_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("record_code", name=f"pk_{PRACTICE}"),
    )
    op.create_table(
        LEAK,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("record_code", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("difference", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("seen_by_id", sa.String(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{LEAK}"),
        sa.UniqueConstraint("item_id", "record_code", name=f"uq_{LEAK}_item_id_record_code"),
        _of_item(LEAK, "item_id"),
        _by_person(LEAK, "seen_by_id"),
    )
    op.create_index(f"ix_{LEAK}_record_code", LEAK, ["record_code"])


def downgrade() -> None:
    """Take them away."""
    for table in (LEAK, PRACTICE, PAIR, BAND, SKETCH, KEY):
        op.drop_table(table)
