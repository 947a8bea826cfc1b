"""First tables of papers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "papers_blueprint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("minutes > 0 AND pass_mark > 0", name="ck_papers_blueprint_numbers"),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people_person.id"], name="fk_papers_blueprint_created_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_papers_blueprint_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_papers_blueprint"),
        sa.UniqueConstraint("code", name="uq_papers_blueprint_code"),
    )
    op.create_index("ix_papers_blueprint_organisation_id", "papers_blueprint", ["organisation_id"])
    op.create_table(
        "papers_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("blueprint_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("assembled_by_id", sa.String(), nullable=False),
        sa.Column("assembled_at", sa.DateTime(), nullable=False),
        sa.Column("reviewed_by_id", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        sa.Column("sealed_by_id", sa.String(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(), nullable=True),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=True),
        sa.Column("ledger_leaf", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assembled_by_id"], ["people_person.id"], name="fk_papers_paper_assembled_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["blueprint_id"], ["papers_blueprint.id"], name="fk_papers_paper_blueprint_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_papers_paper_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["people_person.id"], name="fk_papers_paper_reviewed_by_id"
        ),
        sa.ForeignKeyConstraint(["sealed_by_id"], ["people_person.id"], name="fk_papers_paper_sealed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_papers_paper"),
        sa.UniqueConstraint("code", name="uq_papers_paper_code"),
    )
    op.create_index("ix_papers_paper_blueprint_id", "papers_paper", ["blueprint_id"])
    op.create_index("ix_papers_paper_organisation_id", "papers_paper", ["organisation_id"])
    op.create_index("ix_papers_paper_qualification", "papers_paper", ["qualification"])
    op.create_index("ix_papers_paper_state", "papers_paper", ["state"])
    op.create_table(
        "papers_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers_paper.id"], name="fk_papers_review_paper_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_papers_review_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_papers_review"),
        sa.UniqueConstraint("code", name="uq_papers_review_code"),
    )
    op.create_index("ix_papers_review_paper_id", "papers_review", ["paper_id"])
    op.create_table(
        "papers_viewing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers_paper.id"], name="fk_papers_viewing_paper_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_papers_viewing_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_papers_viewing"),
        sa.UniqueConstraint("paper_id", "person_id", name="uq_papers_viewing_paper_id_person_id"),
    )
    op.create_index("ix_papers_viewing_paper_id", "papers_viewing", ["paper_id"])
    op.create_index("ix_papers_viewing_person_id", "papers_viewing", ["person_id"])
    op.create_table(
        "papers_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0 AND marks > 0", name="ck_papers_place_numbers"),
        sa.ForeignKeyConstraint(["item_id"], ["bank_item.id"], name="fk_papers_place_item_id"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers_paper.id"], name="fk_papers_place_paper_id"),
        sa.ForeignKeyConstraint(["version_id"], ["bank_item_version.id"], name="fk_papers_place_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_papers_place"),
        sa.UniqueConstraint("paper_id", "item_id", name="uq_papers_place_paper_id_item_id"),
        sa.UniqueConstraint("paper_id", "number", name="uq_papers_place_paper_id_number"),
    )
    op.create_index("ix_papers_place_item_id", "papers_place", ["item_id"])
    op.create_index("ix_papers_place_paper_id", "papers_place", ["paper_id"])
    op.create_index("ix_papers_place_version_id", "papers_place", ["version_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("papers_place")
    op.drop_table("papers_viewing")
    op.drop_table("papers_review")
    op.drop_table("papers_paper")
    op.drop_table("papers_blueprint")
