"""What items asked before they were written anew, so that no file brings the old wording in again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """Add the table; what items asked until today is sealed and is not known."""
    op.create_table(
        "bank_earlier_question",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("print", sa.String(), nullable=False),
        sa.Column("question_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["bank_bank.id"], name=op.f("fk_bank_earlier_question_bank_id_bank_bank")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["bank_item.id"],
            name=op.f("fk_bank_earlier_question_item_id_bank_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_earlier_question")),
    )
    op.create_index("ix_bank_earlier_question_print", "bank_earlier_question", ["bank_id", "print"])
    op.create_index(op.f("ix_bank_earlier_question_item_id"), "bank_earlier_question", ["item_id"])


def downgrade() -> None:
    """Drop the table; an old wording counts as new again."""
    op.drop_table("bank_earlier_question")
