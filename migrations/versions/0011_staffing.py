"""First tables of staffing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "staffing_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("qualified_from", sa.Date(), nullable=False),
        sa.Column("qualified_until", sa.Date(), nullable=False),
        sa.Column("entered_by_id", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["people_organisation.id"], name="fk_staffing_member_centre_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_staffing_member_person_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_staffing_member_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people_person.id"], name="fk_staffing_member_entered_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_staffing_member"),
        sa.UniqueConstraint("code", name="uq_staffing_member_code"),
        sa.UniqueConstraint(
            "centre_id", "person_id", "duty", name="uq_staffing_member_centre_id_person_id_duty"
        ),
        sa.CheckConstraint("qualified_from <= qualified_until", name="ck_staffing_member_period"),
    )
    op.create_index("ix_staffing_member_centre_id", "staffing_member", ["centre_id"])
    op.create_index("ix_staffing_member_person_id", "staffing_member", ["person_id"])
    op.create_table(
        "staffing_appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("sitting_room_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("appointed_by_id", sa.String(), nullable=False),
        sa.Column("appointed_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_by_id", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings_sitting.id"], name="fk_staffing_appointment_sitting_id"
        ),
        sa.ForeignKeyConstraint(
            ["sitting_room_id"], ["sittings_room.id"], name="fk_staffing_appointment_sitting_room_id"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name="fk_staffing_appointment_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["appointed_by_id"], ["people_person.id"], name="fk_staffing_appointment_appointed_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["people_person.id"], name="fk_staffing_appointment_withdrawn_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_staffing_appointment"),
        sa.UniqueConstraint("code", name="uq_staffing_appointment_code"),
    )
    op.create_index("ix_staffing_appointment_person_id", "staffing_appointment", ["person_id"])
    op.create_index("ix_staffing_appointment_sitting_id", "staffing_appointment", ["sitting_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("staffing_appointment")
    op.drop_table("staffing_member")
