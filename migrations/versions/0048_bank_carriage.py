"""The bank knows which files are needed, holds those of doubtful rows, and lets nobody take it out alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

OF_VERSION, OF_HELD, TO_REMOVE = "bank_medium_of_version", "bank_medium_of_held", "bank_file_to_remove"
REQUEST = "bank_export_request"
PERSON, MEDIUM = "people_person.id", "bank_medium.id"


def upgrade() -> None:
    """Make the tables; which files earlier versions show is found out by the bank, which has the keys."""
    op.add_column("bank_bank", sa.Column("media_noted_to", sa.Integer(), nullable=True))
    op.create_table(
        OF_VERSION,
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("medium_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "medium_id", name=f"pk_{OF_VERSION}"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["bank_item_version.id"], name=f"fk_{OF_VERSION}_version_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["medium_id"], [MEDIUM], name=f"fk_{OF_VERSION}_medium_id"),
    )
    op.create_index(f"ix_{OF_VERSION}_medium_id", OF_VERSION, ["medium_id"])
    op.create_table(
        OF_HELD,
        sa.Column("held_id", sa.String(), nullable=False),
        sa.Column("medium_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("held_id", "medium_id", name=f"pk_{OF_HELD}"),
        sa.ForeignKeyConstraint(
            ["held_id"], ["bank_held_row.id"], name=f"fk_{OF_HELD}_held_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["medium_id"], [MEDIUM], name=f"fk_{OF_HELD}_medium_id"),
    )
    op.create_index(f"ix_{OF_HELD}_medium_id", OF_HELD, ["medium_id"])
    op.create_table(
        TO_REMOVE,
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("file_key", name=f"pk_{TO_REMOVE}"),
    )
    _requests()


def _requests() -> None:
    op.create_table(
        REQUEST,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{REQUEST}"),
        sa.UniqueConstraint("code", name=f"uq_{REQUEST}_code"),
        sa.ForeignKeyConstraint(["bank_id"], ["bank_bank.id"], name=f"fk_{REQUEST}_bank_id"),
        sa.ForeignKeyConstraint(["asked_by_id"], [PERSON], name=f"fk_{REQUEST}_asked_by_id"),
        sa.ForeignKeyConstraint(["decided_by_id"], [PERSON], name=f"fk_{REQUEST}_decided_by_id"),
        sa.CheckConstraint("items > 0", name=op.f(f"ck_{REQUEST}_items")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id", name=op.f(f"ck_{REQUEST}_two")
        ),
    )
    op.create_index(f"ix_{REQUEST}_bank_id", REQUEST, ["bank_id"])


def downgrade() -> None:
    """Take them away."""
    for table in (REQUEST, TO_REMOVE, OF_HELD, OF_VERSION):
        op.drop_table(table)
    op.drop_column("bank_bank", "media_noted_to")
