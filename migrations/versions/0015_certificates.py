"""First tables of certificates: the register of issued proofs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "certificates_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("holder_name", sa.String(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("document_key", sa.String(), nullable=False),
        sa.Column("document_hash", sa.String(), nullable=False),
        sa.Column("issued_by_id", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_by_id", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_certificates_certificate"),
        sa.UniqueConstraint("number", name="uq_certificates_certificate_number"),
        sa.UniqueConstraint("result_id", name="uq_certificates_certificate_result_id"),
        sa.UniqueConstraint("document_hash", name="uq_certificates_certificate_document_hash"),
        sa.CheckConstraint("valid_to >= issued_on", name=op.f("ck_certificates_certificate_period")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)",
            name=op.f("ck_certificates_certificate_revocation"),
        ),
        sa.CheckConstraint(
            "revoked_by_id <> issued_by_id", name=op.f("ck_certificates_certificate_other_person")
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=f"fk_certificates_certificate_{column}")
            for column, target in (
                ("result_id", "marking_result.id"),
                ("sitting_id", "sittings_sitting.id"),
                ("person_id", "people_person.id"),
                ("issued_by_id", "people_person.id"),
                ("revoked_by_id", "people_person.id"),
            )
        ),
    )
    for column in ("sitting_id", "person_id", "issued_at"):
        op.create_index(f"ix_certificates_certificate_{column}", "certificates_certificate", [column])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("certificates_certificate")
