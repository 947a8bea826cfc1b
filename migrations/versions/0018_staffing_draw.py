"""The draw of staff: frozen pools, commitments, places drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables."""
    _draw()
    _draw_sitting()
    _draw_commitment()
    _draw_place()


def _draw() -> None:
    table = "staffing_draw"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("pool_hash", sa.String(), nullable=False),
        sa.Column("leaf_hash", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frozen_by_id", sa.String(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(), nullable=False),
        sa.Column("head_size", sa.Integer(), nullable=True),
        sa.Column("head_root", sa.String(), nullable=True),
        sa.Column("seed", sa.String(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("code", name=f"uq_{table}_code"),
        *(
            sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
            for column, target in (
                ("centre_id", "people_organisation.id"),
                ("frozen_by_id", "people_person.id"),
                ("withdrawn_by_id", "people_person.id"),
            )
        ),
    )
    op.create_index(f"ix_{table}_centre_id", table, ["centre_id"])


def _draw_sitting() -> None:
    table = "staffing_draw_sitting"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("draw_id", "sitting_id", name=f"uq_{table}_draw_id_sitting_id"),
        *(
            sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
            for column, target in (
                ("draw_id", "staffing_draw.id"),
                ("sitting_id", "sittings_sitting.id"),
            )
        ),
    )
    op.create_index(f"ix_{table}_sitting_id", table, ["sitting_id"])


def _draw_commitment() -> None:
    table = "staffing_draw_commitment"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("leaf_hash", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("committed_at", sa.DateTime(), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("revealed_by_id", sa.String(), nullable=True),
        sa.Column("revealed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("draw_id", "party", name=f"uq_{table}_draw_id_party"),
        sa.CheckConstraint("party IN ('centre', 'oversight')", name=op.f(f"ck_{table}_party")),
        *(
            sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
            for column, target in (
                ("draw_id", "staffing_draw.id"),
                ("by_id", "people_person.id"),
                ("revealed_by_id", "people_person.id"),
            )
        ),
    )


def _draw_place() -> None:
    table = "staffing_draw_place"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("refused_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("draw_id", "number", name=f"uq_{table}_draw_id_number"),
        sa.UniqueConstraint("appointment_id", name=f"uq_{table}_appointment_id"),
        *(
            sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
            for column, target in (
                ("draw_id", "staffing_draw.id"),
                ("sitting_id", "sittings_sitting.id"),
                ("person_id", "people_person.id"),
                ("appointment_id", "staffing_appointment.id"),
            )
        ),
    )
    op.create_index(f"ix_{table}_sitting_id", table, ["sitting_id"])
    op.create_index(f"ix_{table}_person_id", table, ["person_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("staffing_draw_place")
    op.drop_table("staffing_draw_commitment")
    op.drop_table("staffing_draw_sitting")
    op.drop_table("staffing_draw")
