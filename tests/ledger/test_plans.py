"""What the ledger asks of its tables goes by an index, however many entries there are; on both databases."""

import pytest
from sqlalchemy import event

from tests.migrated import on_postgres, on_sqlite
from tests.servers import drop_database
from trainhub import create_app, ledger
from trainhub.config import read_settings
from trainhub.kernel import keys
from trainhub.kernel.db import db, reading, transaction
from trainhub.ledger import proving, sequencing
from trainhub.ledger.models import Head

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
ENTRIES = 3000


@pytest.fixture(params=DATABASES, scope="module")
def asked(request, tmp_path_factory):
    """A ledger with some thousand entries; yields the list of what is asked of it from then on."""
    tmp_path = tmp_path_factory.mktemp("ledger")
    url = on_postgres() if request.param == "postgresql" else on_sqlite(tmp_path)
    keys.create_missing_keys(tmp_path / "keys")
    settings = {"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": url}
    with create_app(read_settings(settings)).app_context():
        with transaction():
            for number in range(ENTRIES):
                ledger.append(f"test.kind{number % 7}", by=None, side="exam", number=number)
            db.session.flush()
            sequencing.sequence()
            sequencing.sign_head()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE" if request.param == "postgresql" else "ANALYZE")
        statements = []
        event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append((a[2], a[3])))
        yield statements
        db.session.remove()
        db.engine.dispose()
    if request.param == "postgresql":
        drop_database(url)


def wait(count):
    with transaction():
        for number in range(count):
            ledger.append("test.late", by=None, side="exam", number=number)


def head():
    return ledger.newest_head()


LOOKS = {
    "newest page": lambda: ledger.decisions(),
    "page in the middle": lambda: ledger.decisions(before=ENTRIES // 2),
    "oldest page": lambda: ledger.decisions(after=0),
    "page of a kind": lambda: ledger.decisions("test.kind3"),
    "page of a kind in the middle": lambda: ledger.decisions("test.kind3", before=ENTRIES // 2),
    "page of a kind upwards": lambda: ledger.decisions("test.kind3", after=ENTRIES // 2),
    "which can be proved": lambda: ledger.covered(ledger.decisions().entries, head()),
    "kinds": lambda: ledger.kinds(),
    "number": lambda: ledger.number_of_decisions(),
    "newest head": head,
    "whether it is due": lambda: sequencing.is_due(),
    "inclusion": lambda: proving.prove(ENTRIES // 3),
    "consistency": lambda: proving.prove_growth(
        Head(size=1234, root="", at=head().at, key="", signature=""), head()
    ),
}
DEEDS = {
    "appending": lambda: ledger.append("test.new", by=None, side="exam"),
    "sequencing": lambda: sequencing.sequence(),
    "signing": lambda: sequencing.sign_head(),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_walks_no_table_from_end_to_end(asked, look):
    wait(20)
    asked.clear()
    with reading():
        LOOKS[look]()
    assert not walked(asked)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_walks_no_table_from_end_to_end(asked, deed):
    wait(20)
    asked.clear()
    with transaction():
        DEEDS[deed]()
    assert not walked(asked)


def walked(asked):
    """The steps of the plans that read a table or sort more than what waits, with their statements."""
    wanted = [each for each in asked if each[0].lstrip().upper().startswith(("SELECT", "WITH"))]
    found = []
    db.session.remove()
    with db.engine.connect() as connection:
        for statement, values in wanted:
            if "ledger_" not in statement:
                continue
            if connection.dialect.name == "sqlite":
                plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all()
                steps = [row[-1] for row in plan]
                bad = [step for step in steps if _bad_in_sqlite(step, statement)]
            else:
                # These few rows would fit on some pages; what is asked is which way there is among millions.
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
                steps = [row[0] for row in connection.exec_driver_sql("EXPLAIN " + statement, values)]
                bad = [step for step in steps if _bad_in_postgresql(step)]
            found += [(each, statement, steps) for each in bad]
    return found


def _bad_in_sqlite(step, statement):
    """A scan in the order of the rows is stopped by its limit if it takes every row that it meets."""
    if "TEMP B-TREE" in step:
        return True
    if not step.startswith("SCAN ledger_"):
        return False
    return "ix_ledger_leaf_waiting" not in step and not ("LIMIT" in statement and "WHERE" not in statement)


def _bad_in_postgresql(step):
    """Fifty rows may be sorted; what comes out of a walk over all may not."""
    return "Seq Scan" in step or "Filter: ((kind" in step or "Filter: (position" in step


def test_a_kind_is_found_by_its_index_and_without_sorting_all_of_it(asked):
    asked.clear()
    ledger.decisions("test.kind3", before=ENTRIES // 2)
    db.session.rollback()
    ((statement, values),) = [each for each in asked if "ledger_entry" in each[0]]
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.exec_driver_sql(explain + statement, values))
    assert "ix_ledger_entry_kind_id" in plan


def test_waiting_leaves_are_found_by_themselves(asked):
    wait(20)
    asked.clear()
    with transaction():
        assert sequencing.sequence() >= 20
    (statement, values) = next(each for each in asked if "position IS NULL" in each[0])
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.exec_driver_sql(explain + statement, values))
    assert ("position=?" if db.engine.dialect.name == "sqlite" else "ix_ledger_leaf_waiting") in plan
