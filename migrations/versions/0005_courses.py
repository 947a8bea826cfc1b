"""First tables of courses: films, courses, classes, and what counts as learnt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = (
    "film",
    "course",
    "syllabus",
    "lesson",
    "class",
    "instructor",
    "member",
    "viewing",
    "fetch",
    "watched",
    "learning_day",
)


def upgrade() -> None:
    """Make the tables."""
    _film()
    _course()
    _syllabus()
    _lesson()
    _class()
    _instructor()
    _member()
    _viewing()
    _fetch()
    _watched()
    _learning_day()


def downgrade() -> None:
    """Take them away."""
    for table in TABLES[::-1]:
        op.drop_table(f"courses_{table}")


def _film() -> None:
    op.create_table(
        "courses_film",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("index_json", sa.Text(), nullable=True),
        sa.Column("captions_key", sa.String(), nullable=True),
        sa.Column("uploaded_by_id", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_courses_film_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["people_person.id"], name="fk_courses_film_uploaded_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_courses_film"),
        sa.UniqueConstraint("code", name="uq_courses_film_code"),
    )
    op.create_index("ix_courses_film_organisation_id", "courses_film", ["organisation_id"])


def _course() -> None:
    op.create_table(
        "courses_course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people_person.id"], name="fk_courses_course_created_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_courses_course_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_courses_course"),
        sa.UniqueConstraint("code", name="uq_courses_course_code"),
    )
    op.create_index("ix_courses_course_organisation_id", "courses_course", ["organisation_id"])
    op.create_index("ix_courses_course_qualification", "courses_course", ["qualification"])


def _syllabus() -> None:
    op.create_table(
        "courses_syllabus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("required_hours", sa.Integer(), nullable=False),
        sa.Column("required_s", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("published_by_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses_course.id"], name="fk_courses_syllabus_course_id"),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["people_person.id"], name="fk_courses_syllabus_published_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_courses_syllabus"),
        sa.UniqueConstraint("course_id", "version", name="uq_courses_syllabus_course_id_version"),
    )


def _lesson() -> None:
    op.create_table(
        "courses_lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("syllabus_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reading_s", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["film_id"], ["courses_film.id"], name="fk_courses_lesson_film_id"),
        sa.ForeignKeyConstraint(
            ["syllabus_id"], ["courses_syllabus.id"], name="fk_courses_lesson_syllabus_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_courses_lesson"),
        sa.UniqueConstraint("code", name="uq_courses_lesson_code"),
    )
    op.create_index("ix_courses_lesson_syllabus_id", "courses_lesson", ["syllabus_id"])


def _class() -> None:
    op.create_table(
        "courses_class",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("syllabus_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people_person.id"], name="fk_courses_class_created_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name="fk_courses_class_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["syllabus_id"], ["courses_syllabus.id"], name="fk_courses_class_syllabus_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_courses_class"),
        sa.UniqueConstraint("code", name="uq_courses_class_code"),
    )
    op.create_index("ix_courses_class_organisation_id", "courses_class", ["organisation_id"])
    op.create_index("ix_courses_class_syllabus_id", "courses_class", ["syllabus_id"])


def _instructor() -> None:
    op.create_table(
        "courses_instructor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["courses_class.id"], name="fk_courses_instructor_class_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_courses_instructor_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_courses_instructor"),
        sa.UniqueConstraint("class_id", "person_id", name="uq_courses_instructor_class_id_person_id"),
    )
    op.create_index("ix_courses_instructor_person_id", "courses_instructor", ["person_id"])


def _member() -> None:
    op.create_table(
        "courses_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(), nullable=False),
        sa.Column("enrolled_by_id", sa.String(), nullable=False),
        sa.Column("record_code", sa.String(), nullable=True),
        sa.Column("record_issued_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["courses_class.id"], name="fk_courses_member_class_id"),
        sa.ForeignKeyConstraint(
            ["enrolled_by_id"], ["people_person.id"], name="fk_courses_member_enrolled_by_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_courses_member_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_courses_member"),
        sa.UniqueConstraint("class_id", "person_id", name="uq_courses_member_class_id_person_id"),
        sa.UniqueConstraint("record_code", name="uq_courses_member_record_code"),
    )
    op.create_index("ix_courses_member_person_id", "courses_member", ["person_id"])


def _viewing() -> None:
    op.create_table(
        "courses_viewing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=True),
        sa.Column("total_s", sa.Integer(), nullable=False),
        sa.Column("counts_hours", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("beat_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("carried_ms", sa.Integer(), nullable=False),
        sa.Column("anchor_ms", sa.Integer(), nullable=False),
        sa.Column("run_from_ms", sa.Integer(), nullable=False),
        sa.Column("gained_s", sa.Integer(), nullable=False),
        sa.Column("confirm_at_s", sa.Integer(), nullable=True),
        sa.Column("confirm_code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["film_id"], ["courses_film.id"], name="fk_courses_viewing_film_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_courses_viewing_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_courses_viewing"),
    )
    op.create_index("ix_courses_viewing_person_id", "courses_viewing", ["person_id"])
    op.create_index("ix_courses_viewing_subject", "courses_viewing", ["subject"])


def _fetch() -> None:
    op.create_table(
        "courses_fetch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("viewing_id", sa.String(), nullable=False),
        sa.Column("first_byte", sa.Integer(), nullable=False),
        sa.Column("last_byte", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["viewing_id"], ["courses_viewing.id"], name="fk_courses_fetch_viewing_id"),
        sa.PrimaryKeyConstraint("id", name="pk_courses_fetch"),
    )
    op.create_index("ix_courses_fetch_viewing_id", "courses_fetch", ["viewing_id"])


def _watched() -> None:
    op.create_table(
        "courses_watched",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("total_s", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name="fk_courses_watched_person_id"),
        sa.PrimaryKeyConstraint("person_id", "subject", name="pk_courses_watched"),
    )
    op.create_index("ix_courses_watched_subject", "courses_watched", ["subject"])


def _learning_day() -> None:
    op.create_table(
        "courses_learning_day",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name="fk_courses_learning_day_person_id"
        ),
        sa.PrimaryKeyConstraint("person_id", "day", name="pk_courses_learning_day"),
    )
