"""First tables of bank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "bank_knowledge_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["bank_knowledge_point.id"], name="fk_bank_knowledge_point_parent_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_knowledge_point"),
        sa.UniqueConstraint("qualification", "code", name="uq_bank_knowledge_point_qualification_code"),
    )
    op.create_table(
        "bank_bank",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_by_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["people_person.id"], name="fk_bank_bank_created_by_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_bank_bank_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_bank"),
        sa.UniqueConstraint("code", name="uq_bank_bank_code"),
    )
    op.create_index("ix_bank_bank_organisation_id", "bank_bank", ["organisation_id"])
    op.create_index("ix_bank_bank_qualification", "bank_bank", ["qualification"])
    op.create_table(
        "bank_import",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("submit", sa.Boolean(), nullable=False),
        sa.Column("report_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("imported_by_id", sa.String(), nullable=True),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank_bank.id"], name="fk_bank_import_bank_id"),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["people_person.id"], name="fk_bank_import_imported_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_import"),
    )
    op.create_index("ix_bank_import_bank_id", "bank_import", ["bank_id"])
    op.create_table(
        "bank_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("knowledge_point_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("answer_print", sa.String(), nullable=False),
        sa.Column("exposure", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("exposure >= 0", name="ck_bank_item_exposure"),
        sa.ForeignKeyConstraint(["bank_id"], ["bank_bank.id"], name="fk_bank_item_bank_id"),
        sa.ForeignKeyConstraint(["created_by_id"], ["people_person.id"], name="fk_bank_item_created_by_id"),
        sa.ForeignKeyConstraint(
            ["knowledge_point_id"], ["bank_knowledge_point.id"], name="fk_bank_item_knowledge_point_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_item"),
        sa.UniqueConstraint("bank_id", "fingerprint", name="uq_bank_item_bank_id_fingerprint"),
        sa.UniqueConstraint("code", name="uq_bank_item_code"),
    )
    op.create_index("ix_bank_item_bank_id", "bank_item", ["bank_id"])
    op.create_index("ix_bank_item_knowledge_point_id", "bank_item", ["knowledge_point_id"])
    op.create_table(
        "bank_gram",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["bank_item.id"], name="fk_bank_gram_item_id"),
        sa.PrimaryKeyConstraint("hash", "item_id", name="pk_bank_gram"),
    )
    op.create_index("ix_bank_gram_item_id", "bank_gram", ["item_id"])
    op.create_table(
        "bank_held_row",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("row_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_print", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["bank_id"], ["bank_bank.id"], name="fk_bank_held_row_bank_id"),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people_person.id"], name="fk_bank_held_row_decided_by_id"
        ),
        sa.ForeignKeyConstraint(["import_id"], ["bank_import.id"], name="fk_bank_held_row_import_id"),
        sa.ForeignKeyConstraint(["item_id"], ["bank_item.id"], name="fk_bank_held_row_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bank_held_row"),
    )
    op.create_index("ix_bank_held_row_bank_id", "bank_held_row", ["bank_id"])
    op.create_index("ix_bank_held_row_import_id", "bank_held_row", ["import_id"])
    op.create_index("ix_bank_held_row_row_print", "bank_held_row", ["row_print"])
    op.create_index("ix_bank_held_row_state", "bank_held_row", ["state"])
    op.create_table(
        "bank_item_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("newest", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("reviewer_id", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["people_person.id"], name="fk_bank_item_version_author_id"),
        sa.ForeignKeyConstraint(["item_id"], ["bank_item.id"], name="fk_bank_item_version_item_id"),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["people_person.id"], name="fk_bank_item_version_reviewer_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_item_version"),
        sa.UniqueConstraint("item_id", "number", name="uq_bank_item_version_item_id_number"),
    )
    op.create_index("ix_bank_item_version_author_id", "bank_item_version", ["author_id"])
    op.create_index("ix_bank_item_version_item_id", "bank_item_version", ["item_id"])
    op.create_index("ix_bank_item_version_newest_state", "bank_item_version", ["newest", "state"])
    op.create_table(
        "bank_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_bank_review_person_id"),
        sa.ForeignKeyConstraint(["version_id"], ["bank_item_version.id"], name="fk_bank_review_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bank_review"),
        sa.UniqueConstraint("code", name="uq_bank_review_code"),
    )
    op.create_index("ix_bank_review_version_id", "bank_review", ["version_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("bank_review")
    op.drop_table("bank_item_version")
    op.drop_table("bank_held_row")
    op.drop_table("bank_gram")
    op.drop_table("bank_item")
    op.drop_table("bank_import")
    op.drop_table("bank_bank")
    op.drop_table("bank_knowledge_point")
