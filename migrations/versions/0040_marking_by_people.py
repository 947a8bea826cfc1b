"""What candidates wrote in their own words is marked by two people each, and by a third where they differ."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

RESPONSE, JUDGEMENT = "marking_written_response", "marking_judgement"
PERSON = "people_person.id"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        RESPONSE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("twice_points", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{RESPONSE}"),
        sa.UniqueConstraint("code", name=f"uq_{RESPONSE}_code"),
        sa.UniqueConstraint("candidate_id", "number", name=f"uq_{RESPONSE}_candidate_id_number"),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings_sitting.id"], name=f"fk_{RESPONSE}_sitting_id"),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["sittings_candidate.id"], name=f"fk_{RESPONSE}_candidate_id"
        ),
        sa.CheckConstraint(
            "(twice_points IS NULL) = (settled_at IS NULL)", name=op.f(f"ck_{RESPONSE}_settled")
        ),
        sa.CheckConstraint(
            "twice_points >= 0 AND twice_points <= 2 * points", name=op.f(f"ck_{RESPONSE}_range")
        ),
    )
    op.create_index(f"ix_{RESPONSE}_sitting_id", RESPONSE, ["sitting_id"])
    op.create_table(
        JUDGEMENT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("assessor_id", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("allotted_by_id", sa.String(), nullable=False),
        sa.Column("allotted_at", sa.DateTime(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=True),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{JUDGEMENT}"),
        sa.UniqueConstraint("code", name=f"uq_{JUDGEMENT}_code"),
        sa.UniqueConstraint("response_id", "assessor_id", name=f"uq_{JUDGEMENT}_response_id_assessor_id"),
        sa.ForeignKeyConstraint(["response_id"], [f"{RESPONSE}.id"], name=f"fk_{JUDGEMENT}_response_id"),
        sa.ForeignKeyConstraint(["assessor_id"], [PERSON], name=f"fk_{JUDGEMENT}_assessor_id"),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["marking_correction.id"], name=f"fk_{JUDGEMENT}_correction_id"
        ),
        sa.ForeignKeyConstraint(["allotted_by_id"], [PERSON], name=f"fk_{JUDGEMENT}_allotted_by_id"),
        sa.CheckConstraint(
            "(state = 'entered') = (entered_at IS NOT NULL)", name=op.f(f"ck_{JUDGEMENT}_entered")
        ),
        sa.CheckConstraint("(state = 'entered') = (total IS NOT NULL)", name=op.f(f"ck_{JUDGEMENT}_total")),
        sa.CheckConstraint("total >= 0", name=op.f(f"ck_{JUDGEMENT}_range")),
    )
    op.create_index(f"ix_{JUDGEMENT}_assessor_id", JUDGEMENT, ["assessor_id"])
    op.create_index(
        f"ix_{JUDGEMENT}_turn",
        JUDGEMENT,
        ["response_id", "turn"],
        unique=True,
        postgresql_where=sa.text("state <> 'released'"),
        sqlite_where=sa.text("state <> 'released'"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table(JUDGEMENT)
    op.drop_table(RESPONSE)
