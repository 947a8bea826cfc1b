"""A question found wrong after an exam is voided or re-keyed by two people, for every attempt that met it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0034"

CHANGE, EFFECT = "marking_key_change", "marking_key_effect"
PERSON = "people_person.id"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        CHANGE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("to_version", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{CHANGE}"),
        sa.UniqueConstraint("code", name=f"uq_{CHANGE}_code"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name=f"fk_{CHANGE}_organisation_id"
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], [PERSON], name=f"fk_{CHANGE}_proposed_by_id"),
        sa.ForeignKeyConstraint(["decided_by_id"], [PERSON], name=f"fk_{CHANGE}_decided_by_id"),
        sa.CheckConstraint("(kind = 'rekey') = (to_version IS NOT NULL)", name=op.f(f"ck_{CHANGE}_kind")),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f(f"ck_{CHANGE}_decision"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR decided_by_id <> proposed_by_id", name=op.f(f"ck_{CHANGE}_four_eyes")
        ),
    )
    op.create_index(f"ix_{CHANGE}_organisation_id", CHANGE, ["organisation_id"])
    op.create_index(
        f"ix_{CHANGE}_open",
        CHANGE,
        ["organisation_id", "item_code", "item_version"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
        sqlite_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        EFFECT,
        sa.Column("key_change_id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("old_marks", sa.Integer(), nullable=False),
        sa.Column("new_marks", sa.Integer(), nullable=False),
        sa.Column("was_published", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_change_id", "result_id", name=f"pk_{EFFECT}"),
        sa.ForeignKeyConstraint(["key_change_id"], [f"{CHANGE}.id"], name=f"fk_{EFFECT}_key_change_id"),
        sa.ForeignKeyConstraint(["result_id"], ["marking_result.id"], name=f"fk_{EFFECT}_result_id"),
        sa.CheckConstraint("old_marks >= 0 AND new_marks >= 0", name=op.f(f"ck_{EFFECT}_range")),
    )
    op.create_index(f"ix_{EFFECT}_result_id", EFFECT, ["result_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table(EFFECT)
    op.drop_table(CHANGE)
