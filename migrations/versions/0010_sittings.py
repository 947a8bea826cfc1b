"""First tables of sittings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    _import()
    _sitting()
    _room()
    _ticket_file()
    _candidate()
    _change()
    _evidence()
    _objection()


def _import() -> None:
    op.create_table(
        "sittings_import",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("sitting_codes", sa.JSON(), nullable=False),
        sa.Column("accept_good", sa.Boolean(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("rejected_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("imported_by_id", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["people_person.id"], name="fk_sittings_import_imported_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_sittings_import_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sittings_import"),
    )


def _sitting() -> None:
    op.create_table(
        "sittings_sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("entry_before_minutes", sa.Integer(), nullable=False),
        sa.Column("late_entry_minutes", sa.Integer(), nullable=False),
        sa.Column("early_hand_in_minutes", sa.Integer(), nullable=False),
        sa.Column("paper_code", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("planned_by_id", sa.String(), nullable=False),
        sa.Column("planned_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_sittings_sitting_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["planned_by_id"], ["people_person.id"], name="fk_sittings_sitting_planned_by_id"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites_site.id"], name="fk_sittings_sitting_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sittings_sitting"),
        sa.UniqueConstraint("code", name="uq_sittings_sitting_code"),
        sa.CheckConstraint("minutes > 0", name="ck_sittings_sitting_minutes"),
    )
    op.create_index("ix_sittings_sitting_organisation_id", "sittings_sitting", ["organisation_id"])
    op.create_index("ix_sittings_sitting_site_id", "sittings_sitting", ["site_id"])
    op.create_index("ix_sittings_sitting_starts_at", "sittings_sitting", ["starts_at"])
    op.create_index("ix_sittings_sitting_state", "sittings_sitting", ["state"])


def _room() -> None:
    op.create_table(
        "sittings_room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("exam_room_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["exam_room_id"], ["sites_room.id"], name="fk_sittings_room_exam_room_id"),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings_sitting.id"], name="fk_sittings_room_sitting_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sittings_room"),
        sa.UniqueConstraint("sitting_id", "exam_room_id", name="uq_sittings_room_sitting_id_exam_room_id"),
        sa.CheckConstraint("seats > 0", name="ck_sittings_room_seats"),
    )
    op.create_index("ix_sittings_room_sitting_id", "sittings_room", ["sitting_id"])


def _ticket_file() -> None:
    op.create_table(
        "sittings_ticket_file",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people_person.id"], name="fk_sittings_ticket_file_made_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings_sitting.id"], name="fk_sittings_ticket_file_sitting_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sittings_ticket_file"),
    )
    op.create_index("ix_sittings_ticket_file_sitting_id", "sittings_ticket_file", ["sitting_id"])


def _candidate() -> None:
    op.create_table(
        "sittings_candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("ticket_number", sa.String(), nullable=False),
        sa.Column("check_in_code", sa.String(), nullable=False),
        sa.Column("objection_token", sa.String(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("employer_name", sa.String(), nullable=False),
        sa.Column("training_body_name", sa.String(), nullable=False),
        sa.Column("contact_phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("eligibility", sa.String(), nullable=False),
        sa.Column("eligibility_facts", sa.JSON(), nullable=False),
        sa.Column("attempt_number", sa.Integer(), nullable=False),
        sa.Column("sitting_room_id", sa.Integer(), nullable=True),
        sa.Column("seat_number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("registered_by_id", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(), nullable=False),
        sa.Column("import_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["people_organisation.id"], name="fk_sittings_candidate_employer_id"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["sittings_import.id"], name="fk_sittings_candidate_import_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_sittings_candidate_person_id"),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["people_person.id"], name="fk_sittings_candidate_registered_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings_sitting.id"], name="fk_sittings_candidate_sitting_id"
        ),
        sa.ForeignKeyConstraint(
            ["sitting_room_id"], ["sittings_room.id"], name="fk_sittings_candidate_sitting_room_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sittings_candidate"),
        sa.UniqueConstraint("check_in_code", name="uq_sittings_candidate_check_in_code"),
        sa.UniqueConstraint("code", name="uq_sittings_candidate_code"),
        sa.UniqueConstraint("objection_token", name="uq_sittings_candidate_objection_token"),
        sa.UniqueConstraint("sitting_id", "person_id", name="uq_sittings_candidate_sitting_id_person_id"),
        sa.UniqueConstraint(
            "sitting_room_id", "seat_number", name="uq_sittings_candidate_sitting_room_id_seat_number"
        ),
        sa.UniqueConstraint("ticket_number", name="uq_sittings_candidate_ticket_number"),
        sa.CheckConstraint(
            "(sitting_room_id IS NULL) = (seat_number IS NULL)", name="ck_sittings_candidate_seat"
        ),
    )
    op.create_index("ix_sittings_candidate_eligibility", "sittings_candidate", ["eligibility"])
    op.create_index("ix_sittings_candidate_person_id", "sittings_candidate", ["person_id"])
    op.create_index("ix_sittings_candidate_sitting_id", "sittings_candidate", ["sitting_id"])
    op.create_index("ix_sittings_candidate_state", "sittings_candidate", ["state"])


def _change() -> None:
    op.create_table(
        "sittings_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name="fk_sittings_change_by_id"),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["sittings_candidate.id"], name="fk_sittings_change_candidate_id"
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings_sitting.id"], name="fk_sittings_change_sitting_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sittings_change"),
    )
    op.create_index("ix_sittings_change_sitting_id", "sittings_change", ["sitting_id"])


def _evidence() -> None:
    op.create_table(
        "sittings_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["sittings_candidate.id"], name="fk_sittings_evidence_candidate_id"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people_person.id"], name="fk_sittings_evidence_decided_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["people_person.id"], name="fk_sittings_evidence_proposed_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sittings_evidence"),
    )
    op.create_index("ix_sittings_evidence_candidate_id", "sittings_evidence", ["candidate_id"])
    op.create_index("ix_sittings_evidence_state", "sittings_evidence", ["state"])


def _objection() -> None:
    op.create_table(
        "sittings_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["sittings_candidate.id"], name="fk_sittings_objection_candidate_id"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people_person.id"], name="fk_sittings_objection_decided_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sittings_objection"),
        sa.UniqueConstraint("code", name="uq_sittings_objection_code"),
    )
    op.create_index("ix_sittings_objection_open", "sittings_objection", ["candidate_id", "state"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("sittings_objection")
    op.drop_table("sittings_evidence")
    op.drop_table("sittings_change")
    op.drop_table("sittings_candidate")
    op.drop_table("sittings_ticket_file")
    op.drop_table("sittings_room")
    op.drop_table("sittings_sitting")
    op.drop_table("sittings_import")
