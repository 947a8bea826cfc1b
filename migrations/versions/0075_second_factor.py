"""A second factor of accounts, codes on paper that stand in for it, and with what a session was begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"

FACTOR, CODE = "people_second_factor", "people_recovery_code"


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_account_id_people_account"
    return sa.ForeignKeyConstraint(["account_id"], ["people_account.id"], name=name)


def upgrade() -> None:
    """Make the tables; every session open now was begun with a password alone."""
    op.create_table(
        FACTOR,
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name=f"pk_{FACTOR}"),
        _of_account(FACTOR),
    )
    op.create_table(
        CODE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{CODE}"),
        _of_account(CODE),
    )
    op.create_index(f"ix_{CODE}_account_id", CODE, ["account_id"])
    op.add_column(
        "people_sign_in", sa.Column("proof", sa.String(), nullable=False, server_default="one_factor")
    )
    with op.batch_alter_table("people_sign_in") as batch:
        batch.alter_column("proof", existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    """Forget them; a session whose code is still to come must not become one that opens pages."""
    op.execute("UPDATE people_sign_in SET ended_at = started_at WHERE proof = 'awaits_code'")
    with op.batch_alter_table("people_sign_in") as batch:
        batch.drop_column("proof")
    op.drop_table(CODE)
    op.drop_table(FACTOR)
