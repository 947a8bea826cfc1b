"""First tables of sites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sites_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["people_organisation.id"], name="fk_sites_site_centre_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_sites_site_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sites_site"),
        sa.UniqueConstraint("code", name="uq_sites_site_code"),
    )
    op.create_index("ix_sites_site_centre_id", "sites_site", ["centre_id"])
    op.create_index("ix_sites_site_organisation_id", "sites_site", ["organisation_id"])
    op.create_table(
        "sites_inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("standard_version", sa.String(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("inspected_by_id", sa.String(), nullable=False),
        sa.Column("inspected_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspected_by_id"], ["people_person.id"], name="fk_sites_inspection_inspected_by_id"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites_site.id"], name="fk_sites_inspection_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sites_inspection"),
    )
    op.create_index("ix_sites_inspection_site_id", "sites_inspection", ["site_id"])
    op.create_table(
        "sites_room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_per_row", sa.Integer(), nullable=False),
        sa.Column("spare_machines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites_site.id"], name="fk_sites_room_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sites_room"),
        sa.UniqueConstraint("site_id", "code", name="uq_sites_room_site_id_code"),
        sa.CheckConstraint(
            "seats > 0 AND seats_per_row > 0 AND spare_machines >= 0", name="ck_sites_room_numbers"
        ),
    )
    op.create_index("ix_sites_room_site_id", "sites_room", ["site_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("sites_room")
    op.drop_table("sites_inspection")
    op.drop_table("sites_site")
