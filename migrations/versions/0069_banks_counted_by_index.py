"""A bank's lists are counted by their indexes: versions, flags, pairs and comments know whose they are.

A second index of versions by their item goes: the one of item and number finds them, too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0066"

VERSION, FLAG, PAIR, COMMENT = "bank_item_version", "bank_flag", "bank_pair", "bank_comment"
STANDING, WAITING = "ix_bank_item_version_standing", "ix_bank_flag_waiting"
OPEN_PAIRS, OPEN_COMMENTS = "ix_bank_pair_waiting", "ix_bank_comment_open"
BANK_OF_ITEM = "SELECT bank_id FROM bank_item WHERE bank_item.id = "
ITEM_OF_REVIEW = (
    "SELECT item_id FROM bank_item_version JOIN bank_review ON bank_review.version_id = bank_item_version.id"
    " WHERE bank_review.id = bank_comment.review_id"
)
BANK_OF_VERSION = "SELECT bank_id FROM bank_item_version WHERE bank_item_version.id = bank_flag.version_id"
ADDED = {
    VERSION: {"bank_id": f"{BANK_OF_ITEM}bank_item_version.item_id"},
    FLAG: {"bank_id": BANK_OF_VERSION},
    PAIR: {
        "first_bank_id": f"{BANK_OF_ITEM}bank_pair.first_id",
        "second_bank_id": f"{BANK_OF_ITEM}bank_pair.second_id",
    },
    COMMENT: {"item_id": ITEM_OF_REVIEW},
}
"""New columns of each table with what they hold."""


def upgrade() -> None:
    """Add the columns; open pairs with a retired item, which nobody was shown, go."""
    op.execute(
        "DELETE FROM bank_pair WHERE state = 'open' AND EXISTS (SELECT 1 FROM bank_item_version WHERE newest"
        " AND bank_item_version.state = 'retired' AND item_id IN (first_id, second_id))"
    )
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
        held = ", ".join(f"{column} = ({value})" for column, value in columns.items())
        op.execute(f"UPDATE {table} SET {held}")
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.alter_column(column, existing_type=sa.Integer(), nullable=False)
                other = "bank_item" if column == "item_id" else "bank_bank"
                batch.create_foreign_key(f"fk_{table}_{column}", other, [column], ["id"])
    op.drop_index("ix_bank_item_version_item_id", VERSION)
    op.drop_index("ix_bank_item_version_newest_state", VERSION)
    op.create_index(STANDING, VERSION, ["bank_id", "newest", "state", "item_id", "id"])
    op.drop_index("ix_bank_pair_state_percent", PAIR)
    ordered = ["state", "percent", "id", "first_bank_id", "second_bank_id", "difference"]
    op.create_index(OPEN_PAIRS, PAIR, ordered)
    _index_of(WAITING, FLAG, ["bank_id", "version_id", "kind", "raised_at"], "decision IS NULL")
    _index_of(OPEN_COMMENTS, COMMENT, ["item_id"], "answers_id IS NULL AND settled_at IS NULL")


def _index_of(name: str, table: str, columns: list[str], which: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(which), sqlite_where=sa.text(which))


def downgrade() -> None:
    """Take the columns away and let the old indexes stand."""
    for name, table in (
        (STANDING, VERSION),
        (OPEN_PAIRS, PAIR),
        (WAITING, FLAG),
        (OPEN_COMMENTS, COMMENT),
    ):
        op.drop_index(name, table)
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_constraint(f"fk_{table}_{column}", type_="foreignkey")
                batch.drop_column(column)
    op.create_index("ix_bank_item_version_item_id", VERSION, ["item_id"])
    op.create_index("ix_bank_item_version_newest_state", VERSION, ["newest", "state"])
    op.create_index("ix_bank_pair_state_percent", PAIR, ["state", "percent"])
