"""First tables of cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TEXTS = (
    "unit",
    "events",
    "rescue",
    "direct_cause",
    "indirect_cause",
    "responsibility",
    "lessons",
    "measures",
    "remark",
)
WORDS = (
    "state",
    "title",
    "district",
    "place",
    "industry",
    "accident_type",
    "level",
    "cause",
    "source",
    "source_url",
)
COUNTS = ("deaths", "serious_injuries", "minor_injuries", "missing")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "cases_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_cases_case_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cases_case"),
        sa.UniqueConstraint("code", name="uq_cases_case_code"),
    )
    op.create_index("ix_cases_case_organisation_id", "cases_case", ["organisation_id"])
    op.create_index("ix_cases_case_state", "cases_case", ["state"])
    op.create_table(
        "cases_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in WORDS),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("loss_fen", sa.BigInteger(), nullable=False),
        sa.Column("is_responsibility", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        sa.Column("film_id", sa.Integer(), nullable=True),
        sa.Column("drafted_by_id", sa.String(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("reviewed_by_id", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name="fk_cases_version_case_id"),
        sa.ForeignKeyConstraint(["film_id"], ["courses_film.id"], name="fk_cases_version_film_id"),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["people_person.id"], name="fk_cases_version_drafted_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["people_person.id"], name="fk_cases_version_reviewed_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cases_version"),
        sa.UniqueConstraint("case_id", "number", name="uq_cases_version_case_id_number"),
        sa.CheckConstraint(
            "deaths >= 0 AND serious_injuries >= 0 AND minor_injuries >= 0 AND missing >= 0 "
            "AND loss_fen >= 0",
            name=op.f("ck_cases_version_counts"),
        ),
    )
    for name in ("case_id", "state", "occurred_on", "industry", "accident_type", "level", "cause"):
        op.create_index(f"ix_cases_version_{name}", "cases_version", [name])
    op.create_table(
        "cases_gram",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("gram", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name="fk_cases_gram_case_id"),
        sa.PrimaryKeyConstraint("case_id", "gram", name="pk_cases_gram"),
    )
    op.create_index("ix_cases_gram_gram", "cases_gram", ["gram"])
    op.create_table(
        "cases_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assigned_by_id", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name="fk_cases_assignment_case_id"),
        sa.ForeignKeyConstraint(
            ["assigned_by_id"], ["people_person.id"], name="fk_cases_assignment_assigned_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cases_assignment"),
        sa.UniqueConstraint("case_id", "qualification", name="uq_cases_assignment_case_id_qualification"),
    )
    op.create_index("ix_cases_assignment_case_id", "cases_assignment", ["case_id"])
    op.create_table(
        "cases_acknowledgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases_case.id"], name="fk_cases_acknowledgement_case_id"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name="fk_cases_acknowledgement_person_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cases_acknowledgement"),
        sa.UniqueConstraint("case_id", "person_id", name="uq_cases_acknowledgement_case_id_person_id"),
    )
    op.create_index("ix_cases_acknowledgement_case_id", "cases_acknowledgement", ["case_id"])
    op.create_index("ix_cases_acknowledgement_person_id", "cases_acknowledgement", ["person_id"])


def downgrade() -> None:
    """Take them away."""
    for name in ("acknowledgement", "assignment", "gram", "version", "case"):
        op.drop_table(f"cases_{name}")
