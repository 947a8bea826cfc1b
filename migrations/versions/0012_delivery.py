"""First tables of delivery: attempts, and the journal of every answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("admitted_at", sa.DateTime(), nullable=False),
        sa.Column("paper_code", sa.String(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("extra_seconds", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.DateTime(), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("wrong_entries", sa.Integer(), nullable=False),
        sa.Column("machines", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=True),
        sa.Column("last_response_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ending", sa.String(), nullable=True),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.Column("seal", sa.String(), nullable=True),
        sa.Column("ledger_leaf", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_attempt"),
        sa.UniqueConstraint("code", name="uq_delivery_attempt_code"),
        sa.UniqueConstraint("candidate_id", name="uq_delivery_attempt_candidate_id"),
        sa.UniqueConstraint("token_hash", name="uq_delivery_attempt_token_hash"),
        sa.UniqueConstraint("receipt", name="uq_delivery_attempt_receipt"),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["sittings_candidate.id"], name="fk_delivery_attempt_candidate_id"
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings_sitting.id"], name="fk_delivery_attempt_sitting_id"
        ),
    )
    op.create_index("ix_delivery_attempt_sitting_id", "delivery_attempt", ["sitting_id"])
    op.create_table(
        "delivery_response",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("shown_ms", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", "sequence", name="pk_delivery_response"),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["delivery_attempt.id"], name="fk_delivery_response_attempt_id"
        ),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_delivery_response_sequence_positive")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("delivery_response")
    op.drop_table("delivery_attempt")
