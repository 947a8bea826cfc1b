"""Who sits on paper, the answer sheets, and what two people read off each of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0043"

ON_PAPER, SHEET, READING = "delivery_on_paper", "delivery_answer_sheet", "delivery_sheet_reading"
ATTEMPT = "delivery_attempt"
PERSON = "people_person.id"


def upgrade() -> None:
    """Make the tables; what was sat before was sat at machines."""
    op.add_column(ATTEMPT, sa.Column("on_paper", sa.Boolean(), server_default=sa.false(), nullable=False))
    _arrangements()
    _sheets()


def _arrangements() -> None:
    op.create_table(
        ON_PAPER,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.Column("lifted_by_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ON_PAPER}"),
        sa.UniqueConstraint("code", name=f"uq_{ON_PAPER}_code"),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings_sitting.id"], name=f"fk_{ON_PAPER}_sitting_id"),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["sittings_candidate.id"], name=f"fk_{ON_PAPER}_candidate_id"
        ),
        sa.ForeignKeyConstraint(["by_id"], [PERSON], name=f"fk_{ON_PAPER}_by_id"),
        sa.ForeignKeyConstraint(["lifted_by_id"], [PERSON], name=f"fk_{ON_PAPER}_lifted_by_id"),
    )
    in_force = sa.text("lifted_at IS NULL")
    op.create_index(
        f"ix_{ON_PAPER}_in_force",
        ON_PAPER,
        ["sitting_id", "candidate_id"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )


def _sheets() -> None:
    op.create_table(
        SHEET,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("settled", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{SHEET}"),
        sa.UniqueConstraint("code", name=f"uq_{SHEET}_code"),
        sa.UniqueConstraint("attempt_id", name=f"uq_{SHEET}_attempt_id"),
        sa.ForeignKeyConstraint(["attempt_id"], [f"{ATTEMPT}.id"], name=f"fk_{SHEET}_attempt_id"),
        sa.CheckConstraint(
            "(settled_at IS NOT NULL) = (state IN ('settled', 'missing'))",
            name=op.f(f"ck_{SHEET}_settled"),
        ),
    )
    op.create_table(
        READING,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=True),
        sa.Column("said_missing_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{READING}"),
        sa.UniqueConstraint("sheet_id", "person_id", name=f"uq_{READING}_sheet_id_person_id"),
        sa.ForeignKeyConstraint(["sheet_id"], [f"{SHEET}.id"], name=f"fk_{READING}_sheet_id"),
        sa.ForeignKeyConstraint(["person_id"], [PERSON], name=f"fk_{READING}_person_id"),
        sa.CheckConstraint("entries IS NULL OR entered_at IS NOT NULL", name=op.f(f"ck_{READING}_entered")),
    )
    op.create_index(f"ix_{READING}_person_id", READING, ["person_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table(READING)
    op.drop_table(SHEET)
    op.drop_table(ON_PAPER)
    op.drop_column(ATTEMPT, "on_paper")
