"""Time that stands still, a second round on a reserve form, and answers that arrive after the end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

WORKING = sa.text("state = 'working'")


def _added() -> list[sa.Column]:
    return [
        sa.Column("round", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("halted_seconds", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("halt_id", sa.Integer(), nullable=True),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.Column("late_state", sa.String(), nullable=False, server_default="none"),
        sa.Column("late_sequence", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("late_head", sa.String(), nullable=False, server_default=""),
        sa.Column("late_received_at", sa.DateTime(), nullable=True),
        sa.Column("late_decided_at", sa.DateTime(), nullable=True),
        sa.Column("late_decided_by_id", sa.String(), nullable=True),
        sa.Column("late_reason", sa.Text(), nullable=False, server_default=""),
    ]


def upgrade() -> None:
    """Make what is new; what was there had one round, no pause and nothing late."""
    _make_halts()
    _make_late_journal()
    with op.batch_alter_table("delivery_response") as batch:
        batch.add_column(sa.Column("circumstance", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("delivery_response") as batch:
        batch.alter_column("circumstance", server_default=None)
    with op.batch_alter_table("delivery_attempt") as batch:
        for column in _added():
            batch.add_column(column)
        batch.drop_constraint("uq_delivery_attempt_candidate_id", type_="unique")
        batch.create_unique_constraint("uq_delivery_attempt_candidate_id_round", ["candidate_id", "round"])
        batch.create_foreign_key("fk_delivery_attempt_halt_id", "delivery_halt", ["halt_id"], ["id"])
        batch.create_foreign_key(
            "fk_delivery_attempt_late_decided_by_id", "people_person", ["late_decided_by_id"], ["id"]
        )
    with op.batch_alter_table("delivery_attempt") as batch:
        for column in _added():
            if column.server_default is not None:
                batch.alter_column(column.name, server_default=None)
    op.create_index("ix_delivery_attempt_halt_id", "delivery_attempt", ["halt_id"])
    op.create_index(
        "ix_delivery_attempt_working",
        "delivery_attempt",
        ["deadline"],
        sqlite_where=WORKING,
        postgresql_where=WORKING,
    )
    with op.batch_alter_table("sittings_sitting") as batch:
        batch.add_column(sa.Column("reserve_paper_code", sa.String(), nullable=True))


def _make_halts() -> None:
    op.create_table(
        "delivery_halt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("sitting_room_id", sa.Integer(), nullable=True),
        sa.Column("candidate_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("resumes_at", sa.DateTime(), nullable=True),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", sa.String(), nullable=True),
        sa.Column("on_reserve", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_halt"),
        sa.UniqueConstraint("code", name="uq_delivery_halt_code"),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings_sitting.id"], name="fk_delivery_halt_sitting_id"),
        sa.ForeignKeyConstraint(
            ["sitting_room_id"], ["sittings_room.id"], name="fk_delivery_halt_sitting_room_id"
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["sittings_candidate.id"], name="fk_delivery_halt_candidate_id"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name="fk_delivery_halt_by_id"),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people_person.id"], name="fk_delivery_halt_ended_by_id"),
    )
    op.create_index("ix_delivery_halt_sitting_id", "delivery_halt", ["sitting_id"])


def _make_late_journal() -> None:
    op.create_table(
        "delivery_late_response",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("shown_ms", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("beacon_at", sa.DateTime(), nullable=False),
        sa.Column("beacon_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", "sequence", name="pk_delivery_late_response"),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["delivery_attempt.id"], name="fk_delivery_late_response_attempt_id"
        ),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_delivery_late_response_sequence_positive")),
    )


def downgrade() -> None:
    """Take it away; second rounds, pauses and late answers go with it, the first rounds stay."""
    with op.batch_alter_table("sittings_sitting") as batch:
        batch.drop_column("reserve_paper_code")
    op.drop_table("delivery_late_response")
    op.execute(
        sa.text(
            "DELETE FROM delivery_response WHERE attempt_id IN "
            "(SELECT id FROM delivery_attempt WHERE round > 1)"
        )
    )
    op.execute(sa.text("DELETE FROM delivery_attempt WHERE round > 1"))
    op.drop_index("ix_delivery_attempt_working", "delivery_attempt")
    op.drop_index("ix_delivery_attempt_halt_id", "delivery_attempt")
    with op.batch_alter_table("delivery_attempt") as batch:
        batch.drop_constraint("fk_delivery_attempt_late_decided_by_id", type_="foreignkey")
        batch.drop_constraint("fk_delivery_attempt_halt_id", type_="foreignkey")
        batch.drop_constraint("uq_delivery_attempt_candidate_id_round", type_="unique")
        batch.create_unique_constraint("uq_delivery_attempt_candidate_id", ["candidate_id"])
        for column in _added():
            batch.drop_column(column.name)
    with op.batch_alter_table("delivery_response") as batch:
        batch.drop_column("circumstance")
    op.drop_table("delivery_halt")
