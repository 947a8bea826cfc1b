"""What the rules need to know of persons who are one, of organisations, classes, rooms, and of overrides.

What the rooms knew before is stated anew from their own tables, once.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

from trainhub.kernel import clock

revision = "0017"
down_revision = "0016"

RELATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # table: (columns with an index, further columns)
    "attested": (("person_id", "class_code", "organisation_code"), ()),
    "class": (("class_code",), ("organisation_code", "qualification")),
    "same_person": (("person_id", "other_id"), ()),
    "same_organisation": (("organisation_code", "other_code"), ()),
    "organisation": (("organisation_code", "kind"), ("district",)),
    "overridden": (("person_id", "object_code"), ("rule", "side")),
    "live": (("item_code",), ("qualification",)),
    "room": (("sitting_code",), ("room_code",)),
    "corrected": (("person_id", "sitting_code", "result_code"), ()),
    "confirmed": (("person_id", "sitting_code", "result_code"), ()),
}

KNOWN = {
    "organisation": """
        SELECT organisation.code AS organisation_code, organisation.kind, organisation.district,
               organisation.responsible_person_id AS person_id, NULL AS ends_on
        FROM people_organisation organisation
    """,
    "class": """
        SELECT class.code AS class_code, organisation.code AS organisation_code,
               course.qualification AS qualification, class.ends_on AS ends_on
        FROM courses_class class
        JOIN courses_syllabus syllabus ON syllabus.id = class.syllabus_id
        JOIN courses_course course ON course.id = syllabus.course_id
        JOIN people_organisation organisation ON organisation.id = class.organisation_id
    """,
    "live": """
        SELECT item.code AS item_code, bank.qualification AS qualification, NULL AS ends_on
        FROM bank_item item JOIN bank_bank bank ON bank.id = item.bank_id
        WHERE EXISTS (SELECT 1 FROM bank_item_version version
                      WHERE version.item_id = item.id AND version.state IN ('approved', 'live'))
    """,
    "room": """
        SELECT sitting.code AS sitting_code, room.code AS room_code,
               (SELECT count(*) FROM sittings_candidate candidate
                WHERE candidate.sitting_room_id = placed.id) AS candidates, NULL AS ends_on
        FROM sittings_room placed
        JOIN sittings_sitting sitting ON sitting.id = placed.sitting_id
        JOIN sites_room room ON room.id = placed.exam_room_id
    """,
}


def upgrade() -> None:
    """Make the tables, and state what the rooms know."""
    for name, (indexed, further) in RELATIONS.items():
        _make(name, indexed, further)
    op.add_column("separation_appointed", sa.Column("room_code", sa.String(), nullable=True))
    for name, query in KNOWN.items():
        _state(name, query)


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("separation_appointed") as table:
        table.drop_column("room_code")
    for name in reversed(RELATIONS):
        op.drop_table(f"separation_{name}")


def _make(name: str, indexed: tuple[str, ...], further: tuple[str, ...]) -> None:
    table = f"separation_{name}"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stated_by_id", sa.String(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        *(sa.Column(column, sa.String(), nullable=False) for column in (*indexed, *further)),
        *_others(name),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("supersedes_id", name=f"uq_{table}_supersedes_id"),
        sa.ForeignKeyConstraint(["supersedes_id"], [f"{table}.id"], name=f"fk_{table}_supersedes_id"),
    )
    for column in (*indexed, *(["person_id"] if name == "organisation" else [])):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _others(name: str) -> list[sa.Column[object]]:
    if name == "organisation":
        return [sa.Column("person_id", sa.String(), nullable=True)]
    if name == "room":
        return [sa.Column("candidates", sa.Integer(), nullable=False)]
    return []


def _state(name: str, query: str) -> None:
    """Write what a room knows as rows of the register; a class begins with its first day, the rest today."""
    connection = op.get_bind()
    rows = [dict(row) for row in connection.execute(sa.text(query)).mappings()]
    if not rows:
        return
    moment = clock.now().replace(tzinfo=None)
    table = sa.table(
        f"separation_{name}",
        *(sa.column(column) for column in rows[0] if column != "ends_on"),
        sa.column("starts_on", sa.Date()),
        sa.column("ends_on", sa.Date()),
        sa.column("recorded_at", sa.DateTime()),
        sa.column("source"),
        sa.column("void", sa.Boolean()),
    )
    signed = {"starts_on": moment.date(), "recorded_at": moment, "source": "migration", "void": False}
    op.bulk_insert(table, [row | signed | {"ends_on": _day(row["ends_on"])} for row in rows])


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]
