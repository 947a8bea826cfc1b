"""First tables of handover: public keys, and the signed records that pass through the door."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "handover_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handover_key"),
        sa.UniqueConstraint("public_key", name="uq_handover_key_public_key"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_handover_key_organisation_id"
        ),
    )
    op.create_index("ix_handover_key_organisation_id", "handover_key", ["organisation_id"])
    _signed(
        "training_record",
        _text("qualification"),
        _text("syllabus_version"),
        sa.Column("verified_seconds", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        _text("class_code"),
    )
    _signed(
        "revocation",
        _text("record_code"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.UniqueConstraint("record_code", name="uq_handover_revocation_record_code"),
        sa.ForeignKeyConstraint(
            ["record_code"], ["handover_training_record.code"], name="fk_handover_revocation_record_code"
        ),
        of_person=False,
    )
    _signed(
        "application",
        _text("qualification"),
        sa.Column("wished_from", sa.Date(), nullable=False),
        sa.Column("wished_to", sa.Date(), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
    )
    _signed(
        "outcome",
        _text("qualification"),
        _text("part"),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        _text("sitting_code"),
    )
    _signed(
        "certificate_status",
        _text("qualification"),
        _text("number"),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_handover_certificate_status_number", "handover_certificate_status", ["number"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _signed(name: str, *parts: sa.schema.SchemaItem, of_person: bool = True) -> None:
    table = f"handover_{name}"
    person = [
        _text("person_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=f"fk_{table}_person_id"),
    ]
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        _text("code"),
        _text("organisation_code"),
        _text("issued_by_id"),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        _text("signature"),
        _text("key_id"),
        *parts,
        *(person if of_person else []),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("code", name=f"uq_{table}_code"),
        sa.ForeignKeyConstraint(["key_id"], ["handover_key.id"], name=f"fk_{table}_key_id"),
    )
    if of_person:
        op.create_index(f"ix_{table}_person_id", table, ["person_id"])


def downgrade() -> None:
    """Take them away."""
    for name in ("certificate_status", "outcome", "application", "revocation", "training_record", "key"):
        op.drop_table(f"handover_{name}")
