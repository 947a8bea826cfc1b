"""Comments of review are open until they are settled; deeds on many items, corrections of sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

COMMENT, BULK, CORRECTION = "bank_comment", "bank_bulk_deed", "bank_source_correction"
PERSON = "people_person.id"


def upgrade() -> None:
    """Make the tables; remarks written before ask for nothing."""
    op.create_table(
        COMMENT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("settled_by_id", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{COMMENT}"),
        sa.UniqueConstraint("review_id", name=f"uq_{COMMENT}_review_id"),
        sa.ForeignKeyConstraint(["review_id"], ["bank_review.id"], name=f"fk_{COMMENT}_review_id"),
        sa.ForeignKeyConstraint(["answers_id"], [f"{COMMENT}.id"], name=f"fk_{COMMENT}_answers_id"),
        sa.ForeignKeyConstraint(["settled_by_id"], [PERSON], name=f"fk_{COMMENT}_settled_by_id"),
        sa.CheckConstraint(
            "(settled_by_id IS NULL) = (settled_at IS NULL)", name=op.f(f"ck_{COMMENT}_settled")
        ),
        sa.CheckConstraint("answers_id IS NULL OR settled_at IS NULL", name=op.f(f"ck_{COMMENT}_answer")),
    )
    op.create_index(f"ix_{COMMENT}_answers_id", COMMENT, ["answers_id"])
    op.create_table(
        BULK,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("order_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("report_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by_id", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{BULK}"),
        sa.ForeignKeyConstraint(["bank_id"], ["bank_bank.id"], name=f"fk_{BULK}_bank_id"),
        sa.ForeignKeyConstraint(["asked_by_id"], [PERSON], name=f"fk_{BULK}_asked_by_id"),
    )
    op.create_index(f"ix_{BULK}_bank_id", BULK, ["bank_id"])
    _make_corrections()


def _make_corrections() -> None:
    decided = "(accepted IS NULL) = (decided_at IS NULL) AND (accepted IS NULL) = (decided_by_id IS NULL)"
    op.create_table(
        CORRECTION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{CORRECTION}"),
        sa.UniqueConstraint("code", name=f"uq_{CORRECTION}_code"),
        sa.ForeignKeyConstraint(["source_id"], ["bank_source.id"], name=f"fk_{CORRECTION}_source_id"),
        sa.ForeignKeyConstraint(["proposed_by_id"], [PERSON], name=f"fk_{CORRECTION}_proposed_by_id"),
        sa.ForeignKeyConstraint(["decided_by_id"], [PERSON], name=f"fk_{CORRECTION}_decided_by_id"),
        sa.CheckConstraint(decided, name=op.f(f"ck_{CORRECTION}_decision")),
    )
    op.create_index(
        f"ix_{CORRECTION}_open",
        CORRECTION,
        ["source_id"],
        unique=True,
        postgresql_where=sa.text("accepted IS NULL"),
        sqlite_where=sa.text("accepted IS NULL"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table(CORRECTION)
    op.drop_table(BULK)
    op.drop_table(COMMENT)
