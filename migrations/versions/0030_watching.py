"""Watching: what a candidate's page noticed, alarms, evidence of a frozen seat, photographs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

OPEN = sa.text("state IN ('open', 'seen')")


def upgrade() -> None:
    """Make the tables."""
    _events()
    _alarms()
    _evidence()
    _photographs()


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _events() -> None:
    op.create_table(
        "delivery_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_event"),
        sa.UniqueConstraint("attempt_id", "number", name="uq_delivery_event_attempt_id_number"),
        _key("delivery_event", "attempt_id", "delivery_attempt.id"),
    )
    op.create_index("ix_delivery_event_received_at", "delivery_event", ["received_at"])
    op.create_table(
        "delivery_watch",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_delivery_watch"),
        _key("delivery_watch", "attempt_id", "delivery_attempt.id"),
    )


def _alarms() -> None:
    op.create_table(
        "delivery_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("until_sequence", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_alarm"),
        sa.UniqueConstraint("code", name="uq_delivery_alarm_code"),
        sa.CheckConstraint("state = 'open' OR by_id IS NOT NULL", name=op.f("ck_delivery_alarm_person")),
        _key("delivery_alarm", "attempt_id", "delivery_attempt.id"),
        _key("delivery_alarm", "by_id", "people_person.id"),
    )
    op.create_index("ix_delivery_alarm_attempt_id", "delivery_alarm", ["attempt_id"])
    op.create_index(
        "ix_delivery_alarm_open",
        "delivery_alarm",
        ["attempt_id", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _evidence() -> None:
    op.create_table(
        "delivery_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("halt_code", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("keep_until", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_evidence"),
        sa.UniqueConstraint("code", name="uq_delivery_evidence_code"),
        _key("delivery_evidence", "attempt_id", "delivery_attempt.id"),
        _key("delivery_evidence", "by_id", "people_person.id"),
    )
    op.create_index("ix_delivery_evidence_attempt_id", "delivery_evidence", ["attempt_id"])
    op.create_index("ix_delivery_evidence_keep_until", "delivery_evidence", ["keep_until"])


def _photographs() -> None:
    op.create_table(
        "delivery_photo_rule",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("at_check_in", sa.Boolean(), nullable=False),
        sa.Column("random_photos", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", name="pk_delivery_photo_rule"),
        sa.CheckConstraint(
            "random_photos BETWEEN 0 AND 12", name=op.f("ck_delivery_photo_rule_random_photos")
        ),
        _key("delivery_photo_rule", "sitting_id", "sittings_sitting.id"),
        _key("delivery_photo_rule", "set_by_id", "people_person.id"),
    )
    op.create_table(
        "delivery_photo_consent",
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("candidate_id", name="pk_delivery_photo_consent"),
        _key("delivery_photo_consent", "candidate_id", "sittings_candidate.id"),
    )
    op.create_table(
        "delivery_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("keep_until", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_photo"),
        sa.UniqueConstraint("code", name="uq_delivery_photo_code"),
        _key("delivery_photo", "candidate_id", "sittings_candidate.id"),
        _key("delivery_photo", "by_id", "people_person.id"),
    )
    op.create_index("ix_delivery_photo_candidate_id", "delivery_photo", ["candidate_id"])
    op.create_index("ix_delivery_photo_keep_until", "delivery_photo", ["keep_until"])


def downgrade() -> None:
    """Take them away."""
    for table in ("photo", "photo_consent", "photo_rule", "evidence", "alarm", "watch", "event"):
        op.drop_table(f"delivery_{table}")
