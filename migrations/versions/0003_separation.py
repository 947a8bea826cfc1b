"""First tables of separation: the register of relations that the rules read, one typed table each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

PERSON = ("person_id",)
RELATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # table: (columns with an index, further columns)
    "attended": (("person_id", "class_code", "organisation_code"), ()),
    "taught": (("person_id", "class_code", "organisation_code"), ()),
    "employed": (("person_id", "organisation_code"), ()),
    "affiliated": (("organisation_code", "other_code"), ()),
    "granted": (("person_id", "duty"), ("organisation_code",)),
    "related": (("person_id", "other_id"), ()),
    "qualified": (PERSON, ("duty", "organisation_code", "district")),
    "authored": (("person_id", "item_code"), ()),
    "reviewed": (("person_id", "item_code"), ()),
    "contains": (("paper_code", "item_code"), ()),
    "assembled": (("person_id", "paper_code"), ()),
    "sealed": (("person_id", "paper_code"), ()),
    "saw": (("person_id", "paper_code"), ()),
    "uses": (("sitting_code", "paper_code"), ()),
    "sitting": (("sitting_code", "site_code"), ("organisation_code", "district", "qualification")),
    "opened": (("sitting_code",), ()),
    "registered": (("person_id", "sitting_code"), ()),
    "appointed": (("person_id", "sitting_code"), ("duty",)),
    "marked": (("person_id", "sitting_code"), ()),
    "published": (("person_id", "sitting_code"), ()),
    "issued": (("person_id", "sitting_code"), ()),
    "drafted": (("person_id", "case_code"), ()),
    "approved": (("person_id", "case_code"), ()),
}


def upgrade() -> None:
    """Make the tables."""
    for name, (indexed, further) in RELATIONS.items():
        table = f"separation_{name}"
        texts = [sa.Column(column, sa.String(), nullable=False) for column in (*indexed, *further)]
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("starts_on", sa.Date(), nullable=False),
            sa.Column("ends_on", sa.Date(), nullable=True),
            sa.Column("recorded_at", sa.DateTime(), nullable=False),
            sa.Column("source", sa.String(), nullable=False),
            sa.Column("stated_by_id", sa.String(), nullable=True),
            sa.Column("void", sa.Boolean(), nullable=False),
            sa.Column("supersedes_id", sa.Integer(), nullable=True),
            *texts,
            *_further(name),
            sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
            sa.UniqueConstraint("supersedes_id", name=f"uq_{table}_supersedes_id"),
            sa.ForeignKeyConstraint(["supersedes_id"], [f"{table}.id"], name=f"fk_{table}_supersedes_id"),
        )
        for column in indexed:
            op.create_index(f"ix_{table}_{column}", table, [column])


def _further(name: str) -> list[sa.Column[object]]:
    if name == "sitting":
        return [
            sa.Column("rooms", sa.Integer(), nullable=False),
            sa.Column("candidates", sa.Integer(), nullable=False),
            sa.Column("starts_at", sa.DateTime(), nullable=False),
            sa.Column("ends_at", sa.DateTime(), nullable=False),
        ]
    if name == "registered":
        return [
            sa.Column("employer_code", sa.String(), nullable=True),
            sa.Column("training_body_code", sa.String(), nullable=True),
        ]
    return []


def downgrade() -> None:
    """Take them away."""
    for name in reversed(RELATIONS):
        op.drop_table(f"separation_{name}")
