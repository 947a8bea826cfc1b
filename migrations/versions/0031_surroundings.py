"""What a sitting demands of the machines of its candidates, and which were turned away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Make the tables."""
    _demands()
    _refusals()


def _demands() -> None:
    op.create_table(
        "delivery_surroundings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("network_only", sa.Boolean(), nullable=False),
        sa.Column("lockdown", sa.Boolean(), nullable=False),
        sa.Column("browser_exam_keys", sa.JSON(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("public_url", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("config_key", sa.String(), nullable=True),
        sa.Column("has_quit_password", sa.Boolean(), nullable=False),
        sa.Column("is_encrypted", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=True),
        sa.Column("set_by_id", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings_sitting.id"], name="fk_delivery_surroundings_sitting_id"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["people_person.id"], name="fk_delivery_surroundings_set_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_surroundings"),
        sa.UniqueConstraint("sitting_id", name="uq_delivery_surroundings_sitting_id"),
        sa.UniqueConstraint("code", name="uq_delivery_surroundings_code"),
    )


def _refusals() -> None:
    op.create_table(
        "delivery_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings_sitting.id"], name="fk_delivery_refusal_sitting_id"
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["delivery_attempt.id"], name="fk_delivery_refusal_attempt_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_refusal"),
        sa.UniqueConstraint("attempt_id", "cause", name="uq_delivery_refusal_attempt_id_cause"),
    )
    op.create_index("ix_delivery_refusal_sitting_id", "delivery_refusal", ["sitting_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("delivery_refusal")
    op.drop_table("delivery_surroundings")
