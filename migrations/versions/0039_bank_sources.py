"""The bank asks about columns, knows the law items rest on, editions of a syllabus, and what to look at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

CHOICE, SOURCE, CITATION = "bank_column_choice", "bank_source", "bank_citation"
SYLLABUS, FLAG, EVIDENCE = "bank_syllabus", "bank_flag", "bank_flag_evidence"
PERSON, BANK, VERSION = "people_person.id", "bank_bank.id", "bank_item_version.id"


def upgrade() -> None:
    """Make the tables, and the columns that hang on them."""
    op.add_column("bank_import", sa.Column("columns_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("bank_knowledge_point", sa.Column("closed_on", sa.Date(), nullable=True))
    op.create_table(
        CHOICE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("head_print", sa.String(), nullable=False),
        sa.Column("choice_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_by_id", sa.String(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{CHOICE}"),
        sa.UniqueConstraint("bank_id", "head_print", name=f"uq_{CHOICE}_bank_id_head_print"),
        sa.ForeignKeyConstraint(["bank_id"], [BANK], name=f"fk_{CHOICE}_bank_id"),
        sa.ForeignKeyConstraint(["kept_by_id"], [PERSON], name=f"fk_{CHOICE}_kept_by_id"),
    )
    _sources()
    op.create_table(
        SYLLABUS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{SYLLABUS}"),
        sa.UniqueConstraint("qualification", "edition", name=f"uq_{SYLLABUS}_qualification_edition"),
        sa.ForeignKeyConstraint(["recorded_by_id"], [PERSON], name=f"fk_{SYLLABUS}_recorded_by_id"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f(f"ck_{SYLLABUS}_period")),
    )
    _flags()


def _sources() -> None:
    op.create_table(
        SOURCE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{SOURCE}"),
        sa.UniqueConstraint("code", name=f"uq_{SOURCE}_code"),
        sa.UniqueConstraint(
            "organisation_id",
            "title",
            "number",
            "in_force_from",
            name=f"uq_{SOURCE}_organisation_id_title_number_in_force_from",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name=f"fk_{SOURCE}_organisation_id"
        ),
        sa.ForeignKeyConstraint(["replaced_by_id"], [f"{SOURCE}.id"], name=f"fk_{SOURCE}_replaced_by_id"),
        sa.ForeignKeyConstraint(["recorded_by_id"], [PERSON], name=f"fk_{SOURCE}_recorded_by_id"),
        sa.CheckConstraint(
            "in_force_from IS NULL OR in_force_until IS NULL OR in_force_until >= in_force_from",
            name=op.f(f"ck_{SOURCE}_period"),
        ),
        sa.CheckConstraint(
            "replaced_by_id IS NULL OR in_force_until IS NOT NULL", name=op.f(f"ck_{SOURCE}_replaced")
        ),
    )
    op.create_table(
        CITATION,
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "source_id", name=f"pk_{CITATION}"),
        sa.ForeignKeyConstraint(
            ["version_id"], [VERSION], name=f"fk_{CITATION}_version_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source_id"], [f"{SOURCE}.id"], name=f"fk_{CITATION}_source_id"),
    )
    op.create_index(f"ix_{CITATION}_source_id", CITATION, ["source_id"])


def _flags() -> None:
    op.create_table(
        FLAG,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("raised_by_id", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{FLAG}"),
        sa.UniqueConstraint("code", name=f"uq_{FLAG}_code"),
        sa.ForeignKeyConstraint(["version_id"], [VERSION], name=f"fk_{FLAG}_version_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["raised_by_id"], [PERSON], name=f"fk_{FLAG}_raised_by_id"),
        sa.ForeignKeyConstraint(["decided_by_id"], [PERSON], name=f"fk_{FLAG}_decided_by_id"),
        sa.ForeignKeyConstraint(["review_id"], ["bank_review.id"], name=f"fk_{FLAG}_review_id"),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)",
            name=op.f(f"ck_{FLAG}_decision"),
        ),
    )
    op.create_index(
        f"ix_{FLAG}_open",
        FLAG,
        ["version_id", "kind"],
        unique=True,
        postgresql_where=sa.text("decision IS NULL"),
        sqlite_where=sa.text("decision IS NULL"),
    )
    op.create_index(f"ix_{FLAG}_version_id", FLAG, ["version_id"])
    op.create_table(
        EVIDENCE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flag_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{EVIDENCE}"),
        sa.UniqueConstraint("flag_id", "subject", name=f"uq_{EVIDENCE}_flag_id_subject"),
        sa.ForeignKeyConstraint(
            ["flag_id"], [f"{FLAG}.id"], name=f"fk_{EVIDENCE}_flag_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Take them away."""
    for table in (EVIDENCE, FLAG, SYLLABUS, CITATION, SOURCE, CHOICE):
        op.drop_table(table)
    op.drop_column("bank_knowledge_point", "closed_on")
    op.drop_column("bank_import", "columns_sealed")
