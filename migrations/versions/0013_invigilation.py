"""First tables of invigilation: check-in, measures, incidents, inspection notes, room records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "invigilation_check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invigilation_check_in"),
        sa.UniqueConstraint("candidate_id", name="uq_invigilation_check_in_candidate_id"),
        _foreign("invigilation_check_in", "candidate_id", "sittings_candidate"),
        _foreign("invigilation_check_in", "by_id", "people_person"),
    )
    op.create_table(
        "invigilation_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invigilation_measure"),
        _foreign("invigilation_measure", "candidate_id", "sittings_candidate"),
        _foreign("invigilation_measure", "by_id", "people_person"),
    )
    op.create_index("ix_invigilation_measure_candidate_id", "invigilation_measure", ["candidate_id"])
    _incidents()
    _inspections()
    _room_records()


def _foreign(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _incidents() -> None:
    table = "invigilation_incident"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("ends_attempt", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=True),
        sa.Column("first_by_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("second_by_id", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("code", name=f"uq_{table}_code"),
        _foreign(table, "sitting_id", "sittings_sitting"),
        _foreign(table, "candidate_id", "sittings_candidate"),
        _foreign(table, "first_by_id", "people_person"),
        _foreign(table, "second_by_id", "people_person"),
        sa.CheckConstraint(
            "second_by_id IS NULL OR second_by_id <> first_by_id", name=op.f(f"ck_{table}_two_persons")
        ),
    )
    op.create_index(f"ix_{table}_sitting_id", table, ["sitting_id"])


def _inspections() -> None:
    table = "invigilation_inspection"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _foreign(table, "sitting_id", "sittings_sitting"),
        _foreign(table, "by_id", "people_person"),
    )
    op.create_index(f"ix_{table}_sitting_id", table, ["sitting_id"])


def _room_records() -> None:
    table = "invigilation_room_record"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_room_id", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("misconduct", sa.Integer(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("first_by_id", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("second_by_id", sa.String(), nullable=True),
        sa.Column("second_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("sitting_room_id", name=f"uq_{table}_sitting_room_id"),
        _foreign(table, "sitting_room_id", "sittings_room"),
        _foreign(table, "first_by_id", "people_person"),
        _foreign(table, "second_by_id", "people_person"),
        sa.CheckConstraint("expected = present + absent", name=op.f(f"ck_{table}_numbers")),
        sa.CheckConstraint(
            "second_by_id IS NULL OR second_by_id <> first_by_id", name=op.f(f"ck_{table}_two_persons")
        ),
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("room_record", "inspection", "incident", "measure", "check_in"):
        op.drop_table(f"invigilation_{table}")
