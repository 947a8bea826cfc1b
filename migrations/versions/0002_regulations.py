"""First tables of regulations: figures and qualifications with source and period, and their edition."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PERIOD = "valid_from IS NULL OR valid_to IS NULL OR valid_to >= valid_from"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "regulations_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("note_zh", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_regulations_figure"),
        sa.UniqueConstraint("key", "valid_from", name="uq_regulations_figure_key_valid_from"),
        sa.CheckConstraint(PERIOD, name=op.f("ck_regulations_figure_period")),
    )
    op.create_index("ix_regulations_figure_key", "regulations_figure", ["key"])
    op.create_table(
        "regulations_qualification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("has_practical", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_regulations_qualification"),
        sa.UniqueConstraint("code", "valid_from", name="uq_regulations_qualification_code_valid_from"),
        sa.CheckConstraint(PERIOD, name=op.f("ck_regulations_qualification_period")),
    )
    op.create_index("ix_regulations_qualification_code", "regulations_qualification", ["code"])
    op.create_table(
        "regulations_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_regulations_edition"),
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("regulations_edition", "regulations_qualification", "regulations_figure"):
        op.drop_table(table)
