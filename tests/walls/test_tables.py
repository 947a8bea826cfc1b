"""The tables of the house: each belongs to one room and one side, and no foreign key joins the wings."""

from sqlalchemy import Table

import trainhub  # noqa: F401  (loads every room)
from trainhub.kernel.db import db

SIDES = {"core", "training", "exam", "oversight", "door"}
# A table of the key's side may refer to tables of these sides: its own, and what stands below.
MAY_REFER_TO = {
    "core": {"core"},
    "oversight": {"oversight", "core"},
    "door": {"door", "core"},
    "training": {"training", "door", "core"},
    "exam": {"exam", "door", "core"},
}


def tables() -> list[Table]:
    return [table for metadata in db.metadatas.values() for table in metadata.sorted_tables]


def test_a_table_declares_its_side():
    without = [str(table) for table in tables() if table.info.get("side") not in SIDES]
    assert without == [], "give each TRAINING_SIDE, EXAM_SIDE, … of trainhub.kernel.db"


def test_a_foreign_key_stays_on_its_side_or_goes_down():
    strays = [
        f"{key.parent} -> {key.target_fullname}"
        for table in tables()
        for key in table.foreign_keys
        if key.column.table.info["side"] not in MAY_REFER_TO[table.info["side"]]
    ]
    assert strays == []


def test_a_table_bears_the_name_of_its_room():
    wrong = []
    for mapper in db.Model.registry.mappers:
        *_, room, _file = mapper.class_.__module__.removeprefix("trainhub.").split(".")
        if not str(mapper.local_table).startswith(f"{room}_"):
            wrong.append(f"{mapper.class_.__module__}.{mapper.class_.__name__}: {mapper.local_table}")
    assert wrong == []
