"""Days on which staff of the register cannot come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "staffing_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entered_by_id", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_by_id", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["people_organisation.id"], name="fk_staffing_absence_centre_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_staffing_absence_person_id"),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people_person.id"], name="fk_staffing_absence_entered_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["people_person.id"], name="fk_staffing_absence_withdrawn_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_staffing_absence"),
        sa.UniqueConstraint("code", name="uq_staffing_absence_code"),
        sa.CheckConstraint("starts_on <= ends_on", name="ck_staffing_absence_period"),
    )
    op.create_index("ix_staffing_absence_centre_id", "staffing_absence", ["centre_id"])
    op.create_index("ix_staffing_absence_person_id", "staffing_absence", ["person_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("staffing_absence")
