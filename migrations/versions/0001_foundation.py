"""First tables of the foundation: jobs, ledger, people, duties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "kernel_job",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("result_url", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_kernel_job"),
    )
    op.create_index("ix_kernel_job_owner_id", "kernel_job", ["owner_id"])
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("leaf_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entry"),
        sa.UniqueConstraint("leaf_hash", name="uq_ledger_entry_leaf_hash"),
    )
    for column in ("kind", "at", "by_id"):
        op.create_index(f"ix_ledger_entry_{column}", "ledger_entry", [column])
    _people()
    _governance()


def _people() -> None:
    op.create_table(
        "people_person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_hash", sa.String(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_given_at", sa.DateTime(), nullable=True),
        sa.Column("mail_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_person"),
        sa.UniqueConstraint("id_number_hash", name="uq_people_person_id_number_hash"),
    )
    op.create_table(
        "people_organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("responsible_person_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_people_organisation"),
        sa.UniqueConstraint("code", name="uq_people_organisation_code"),
        sa.ForeignKeyConstraint(
            ["responsible_person_id"],
            ["people_person.id"],
            name="fk_people_organisation_responsible_person_id",
        ),
    )
    op.create_table(
        "people_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_account"),
        sa.UniqueConstraint("person_id", name="uq_people_account_person_id"),
        sa.UniqueConstraint("username", name="uq_people_account_username"),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_people_account_person_id"),
    )
    op.create_table(
        "people_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_people_sign_in"),
        sa.UniqueConstraint("token_hash", name="uq_people_sign_in_token_hash"),
        sa.ForeignKeyConstraint(["account_id"], ["people_account.id"], name="fk_people_sign_in_account_id"),
    )
    op.create_index("ix_people_sign_in_account_id", "people_sign_in", ["account_id"])
    op.create_table(
        "people_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_people_message"),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_people_message_person_id"),
    )
    op.create_index("ix_people_message_person_id", "people_message", ["person_id"])
    op.create_index("ix_people_message_state", "people_message", ["state"])


def _governance() -> None:
    op.create_table(
        "governance_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("granted_by_id", sa.String(), nullable=True),
        sa.Column("granted_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.String(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_governance_grant_period")),
        sa.PrimaryKeyConstraint("id", name="pk_governance_grant"),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_governance_grant_person_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_governance_grant_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["people_person.id"], name="fk_governance_grant_granted_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["people_person.id"], name="fk_governance_grant_revoked_by_id"
        ),
    )
    op.create_index("ix_governance_grant_person_id", "governance_grant", ["person_id"])
    op.create_index("ix_governance_grant_duty", "governance_grant", ["duty"])


def downgrade() -> None:
    """Take them away."""
    for table in (
        "governance_grant",
        "people_message",
        "people_sign_in",
        "people_account",
        "people_organisation",
        "people_person",
        "ledger_entry",
        "kernel_job",
    ):
        op.drop_table(table)
