"""What two people of the oversight side let pass although a rule forbids it; which account to use instead."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

POLICY = "CREATE POLICY side_insert ON separation_overridden FOR INSERT WITH CHECK "
OF_THE_ROW = "(side = ANY ((SELECT trainhub_sides(true))::text[]))"
OF_OVERSIGHT = "('oversight' = ANY ((SELECT trainhub_sides(true))::text[]))"
"""Oversight states what it lets pass on another side; that side reads it there."""


def upgrade() -> None:
    """Make the table of overrides, and let an account name the one that took its place."""
    table = "governance_override"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("object_code", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("code", name=f"uq_{table}_code"),
        *(
            sa.ForeignKeyConstraint([column], ["people_person.id"], name=f"fk_{table}_{column}")
            for column in ("person_id", "proposed_by_id", "decided_by_id", "withdrawn_by_id")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f(f"ck_{table}_two_people")
        ),
    )
    for column in ("person_id", "object_code", "state"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.add_column("people_account", sa.Column("use_instead", sa.String(), nullable=True))
    _let_state(OF_OVERSIGHT)


def downgrade() -> None:
    """Take both away."""
    _let_state(OF_THE_ROW)
    op.drop_column("people_account", "use_instead")
    op.drop_table("governance_override")


def _let_state(condition: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP POLICY side_insert ON separation_overridden")
        op.execute(POLICY + condition)
