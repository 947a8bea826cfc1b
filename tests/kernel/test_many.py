"""Many rows in one call: they are what the statements of the tables would make of them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    create_engine,
    select,
)
from sqlalchemy.exc import IntegrityError

from tests.servers import postgres_url  # noqa: F401  (fixture)
from trainhub.exams.bank.alike import noting
from trainhub.exams.delivery import quick
from trainhub.kernel.canonical import canonical
from trainhub.kernel.db import UtcDateTime, db
from trainhub.kernel.many import Reading, Rows
from trainhub.ledger import append

THINGS = Table(
    "things",
    MetaData(),
    Column("said", Text),
    Column("count", Integer),
    Column("at", UtcDateTime()),
    Column("sure", Boolean),
    Column("id", Integer, primary_key=True),
)
ROWS = Rows(
    "things", {"said": "text", "count": "integer", "at": "timestamp", "sure": "boolean", "id": "integer"}
)
SHANGHAI = timezone(timedelta(hours=8))
TOLD = [
    {"said": 'a "quoted" \\ line\nand a second, 三号钥匙 🔑', "count": 7, "at": None, "sure": True, "id": 1},
    {"said": "", "count": None, "at": datetime(2026, 11, 29, 8, 0, 0, 5, SHANGHAI), "sure": False, "id": 2},
    {"said": None, "count": -(2**31), "at": datetime(2026, 2, 28, tzinfo=UTC), "sure": None, "id": 3},
    {"said": "'; DROP TABLE things; --", "count": 0, "at": None, "sure": True, "id": 4},
]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def connection(request, tmp_path):
    """A database with the table of this file, empty."""
    postgres = request.param == "postgresql"
    address = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path / 'things.db'}"
    engine = create_engine(address)
    with engine.begin() as connection:
        THINGS.create(connection)
        yield connection
        THINGS.drop(connection)
    engine.dispose()


def kept(connection):
    return [dict(row) for row in connection.execute(select(THINGS).order_by(THINGS.c.id)).mappings()]


def test_rows_are_added_and_changed_as_the_table_itself_would(connection):
    ROWS.insert(connection, TOLD)
    many = kept(connection)
    connection.execute(THINGS.delete())
    connection.execute(THINGS.insert(), TOLD)
    assert many == kept(connection)

    changed = [
        {**TOLD[0], "said": "a", "at": datetime(2026, 3, 1, tzinfo=UTC)},
        {**TOLD[3], "said": None, "sure": False},
    ]
    ROWS.update(connection, changed)
    assert kept(connection) == [changed[0], many[1], many[2], changed[1]]
    ROWS.update(connection, [])


def test_rows_come_in_one_call_as_the_statement_alone_would_give_them(connection):
    connection.execute(THINGS.insert(), TOLD)
    columns = THINGS.c
    wanted = select(
        columns.id, columns.at, columns.said, columns.sure, columns.at.is_not(None), columns.count
    )
    least_of = columns.count >= bindparam("least")
    reading = Reading(wanted.where(least_of), among=(columns.id, "ids"))
    alone = wanted.where(least_of, columns.id.in_(bindparam("ids", expanding=True)))
    for ids in ([1, 2, 3, 4], [3], [], [99]):
        for least in (-(2**31), 1):
            told = {"ids": ids, "least": least}
            rows = [tuple(row) for row in reading.rows(connection, told)]
            assert sorted(rows) == sorted(tuple(row) for row in connection.execute(alone, told))


def test_what_the_driver_refuses_is_told_as_the_house_knows_it(connection):
    """Who waits is told to come again by these errors; the driver's own would be taken for a fault."""
    ROWS.insert(connection, TOLD[:1])
    with pytest.raises(IntegrityError), connection.begin_nested():
        ROWS.insert(connection, TOLD[:1])


def test_a_look_by_a_connection_in_no_transaction_begins_one(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'things.db'}")
    THINGS.create(engine)
    with engine.connect() as connection:
        assert Reading(select(THINGS.c.id)).rows(connection, {}) == []
        assert connection.in_transaction()
    engine.dispose()


@pytest.mark.parametrize(
    "rows",
    [each for module in (quick, append, noting) for each in vars(module).values() if isinstance(each, Rows)],
    ids=lambda rows: f"{rows.table}: {', '.join(rows.columns)[:40]}",
)
def test_what_is_said_of_a_column_is_what_its_table_says(rows):
    kinds = {String: "text", Text: "text", UtcDateTime: "timestamp", Boolean: "boolean"}
    kinds |= {Integer: "integer", BigInteger: "bigint"}
    columns = db.metadata.tables[rows.table].columns
    assert {name: kinds[type(columns[name].type)] for name in rows.columns} == dict(rows.columns)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=10), plain, max_size=5))
def test_facts_have_the_canonical_form_of_rfc_8785(facts):
    assert canonical(facts) == rfc8785.dumps(facts)


def test_a_number_that_has_no_canonical_form_is_refused():
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical({"count": 2**53})
