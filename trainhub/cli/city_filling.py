"""Writing a city into an empty register, by the fastest way that the database has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

from sqlalchemy import (
    Connection,
    column,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    table,
)

from trainhub.cli import city_exams as exams
from trainhub.cli import city_people as people
from trainhub.cli.city import City, Made
from trainhub.cli.city_broken import Found, plant
from trainhub.kernel.db import db, reading
from trainhub.separation.models import RELATIONS

BOOKED = ("id", "starts_on", "ends_on", "recorded_at", "source", "void", "supersedes_id")
LOT = 20_000
Maker = Callable[[City], Iterator[Made]]
FACTS: dict[str, tuple[Maker, str]] = {
    "class": (people.classes, "class_code organisation_code qualification"),
    "attended": (people.attended, "person_id class_code organisation_code"),
    "taught": (people.taught, "person_id class_code organisation_code"),
    "attested": (people.attested, "person_id class_code organisation_code"),
    "employed": (people.employed, "person_id organisation_code"),
    "organisation": (people.organisation, "organisation_code kind district person_id"),
    "affiliated": (people.affiliated, "organisation_code other_code"),
    "granted": (people.granted, "person_id duty organisation_code"),
    "related": (people.related, "person_id other_id"),
    "qualified": (people.qualified, "person_id duty organisation_code district"),
    "authored": (exams.authored, "person_id item_code"),
    "reviewed": (exams.reviewed, "person_id item_code"),
    "live": (exams.live, "item_code qualification"),
    "contains": (exams.contains, "paper_code item_code"),
    "assembled": (lambda c: exams.on_paper(c, (0,)), "person_id paper_code"),
    "sealed": (lambda c: exams.on_paper(c, (1,)), "person_id paper_code"),
    "knows": (lambda c: exams.on_paper(c, (3,)), "person_id paper_code"),
    "saw": (lambda c: exams.on_paper(c, (0, 1, 2)), "person_id paper_code"),
    "uses": (exams.uses, "sitting_code paper_code"),
    "sitting": (
        exams.sitting,
        "sitting_code site_code organisation_code district qualification rooms candidates starts_at ends_at",
    ),
    "room": (exams.room, "sitting_code room_code candidates"),
    "opened": (exams.opened, "sitting_code"),
    "registered": (exams.registered, "person_id sitting_code employer_code training_body_code"),
    "appointed": (exams.appointed, "person_id sitting_code duty room_code"),
    "marked": (lambda c: exams.after_sitting(c, "marker", 3, 2), "person_id sitting_code"),
    "judged": (exams.judged, "person_id sitting_code other_id response_code"),
    "corrected": (lambda c: exams.on_result(c, "marker"), "person_id sitting_code result_code"),
    "confirmed": (lambda c: exams.on_result(c, "publisher"), "person_id sitting_code result_code"),
    "published": (lambda c: exams.after_sitting(c, "publisher", 6, 1), "person_id sitting_code"),
    "issued": (lambda c: exams.after_sitting(c, "issuing", 8, 1), "person_id sitting_code"),
    "drafted": (lambda c: exams.on_case(c, "drafter"), "person_id case_code"),
    "approved": (lambda c: exams.on_case(c, "approver"), "person_id case_code"),
}


def is_empty() -> bool:
    """Tell whether the register has no row yet: an invented city must not lie beside real people."""
    with reading():
        return not any(db.session.scalar(select(exists(select(model.id)))) for model in RELATIONS.values())


def clear() -> None:
    """Take every row out of the register again."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            tables = ", ".join(f"separation_{name}" for name in RELATIONS)
            connection.exec_driver_sql(f"TRUNCATE {tables}")
        else:
            for model in RELATIONS.values():
                connection.execute(delete(model))


def fill(city: City, *, broken: int = 3, told: Callable[[str, int], object] | None = None) -> set[Found]:
    """Write a city into the empty register, with every rule broken so many times; tables are analysed.

    Returns:
        What an audit must find, no more and no less.
    """
    planted, found = plant(city, broken)
    for name, (maker, facts) in FACTS.items():
        rows = _numbered(chain(maker(city), planted.get(name, ())))
        with db.engine.begin() as connection:
            write = _copy if connection.dialect.name == "postgresql" else _insert
            count = write(connection, f"separation_{name}", (*BOOKED, *facts.split()), rows)
        if told:
            told(name, count)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        analyse = "VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE"
        connection.exec_driver_sql(analyse)
    return found


def _numbered(rows: Iterable[Made]) -> Iterator[tuple[str | None, ...]]:
    for number, (first, last, what, *facts) in enumerate(rows, 1):
        before = str(number - 1) if what else None
        void = "1" if what == "withdraws" else "0"
        yield str(number), first, last, f"{first} 00:00:00", "city", void, before, *facts


def _copy(connection: Connection, name: str, columns: tuple[str, ...], rows: Iterator[Any]) -> int:
    """Load without the indexes that may be missing meanwhile, as every bulk load of PostgreSQL does."""
    dropped = connection.exec_driver_sql(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef LIKE 'CREATE INDEX%%'",
        (name,),
    ).all()
    for index, _definition in dropped:
        connection.exec_driver_sql(f"DROP INDEX {index}")
    count = 0
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
        while lot := list(islice(rows, LOT)):
            lines = ("\t".join(["\\N" if value is None else value for value in row]) for row in lot)
            copy.write("\n".join(lines) + "\n")
            count += len(lot)
    for _index, definition in dropped:
        connection.exec_driver_sql(definition)
    newest: Any = func.coalesce(func.max(literal_column("id")), 1)
    connection.execute(
        select(func.setval(func.pg_get_serial_sequence(name, "id"), newest)).select_from(table(name))
    )
    return count


def _insert(connection: Connection, name: str, columns: tuple[str, ...], rows: Iterator[Any]) -> int:
    into = insert(table(name, *(column(each) for each in columns)))
    count = 0
    while lot := list(islice(rows, LOT)):
        connection.execute(into, [dict(zip(columns, row, strict=True)) for row in lot])
        count += len(lot)
    return count
