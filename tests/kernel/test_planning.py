"""SQLite plans by what is there: tables are counted as they grow, at a price that does not grow with them."""

import pytest
from sqlalchemy import text

from trainhub.cli.databases import prepare
from trainhub.config import read_settings
from trainhub.kernel import housekeeping, planning
from trainhub.kernel.db import db, transaction
from trainhub.kernel.planning import FEW, GROWN, Counting, count_all

ROWS = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :end)"
PLAN = "EXPLAIN QUERY PLAN SELECT * FROM thing WHERE kind = 1 AND who = 1"


@pytest.fixture
def thing(app):
    """A table of which one column tells nothing, and the other nearly everything."""
    with transaction():
        db.session.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY, kind INTEGER, who INTEGER)"))
        for name in ("who", "kind"):
            db.session.execute(text(f"CREATE INDEX thing_{name} ON thing ({name})"))
    count_all(db.engine)


def grow(first, end):
    with transaction():
        db.session.execute(
            text(f"{ROWS} INSERT INTO thing SELECT i, 1, i FROM n"), {"first": first, "end": end}
        )


def look(chore):
    """Run a chore as often as it is due; returns how often that was."""
    for times in range(100):
        db.session.rollback()
        if not chore.is_due():
            return times
        chore.run()
    raise AssertionError("it never ends")


def plan():
    db.session.rollback()
    return db.session.execute(text(PLAN)).one()[3]


def test_a_table_is_counted_once_it_has_grown_and_open_connections_plan_by_it(thing):
    assert "thing_kind" in plan(), "without counts the newer index is as good as the other"
    grow(1, 5 * FEW)
    chore = planning.chore()
    assert look(chore) == 1
    assert "thing_who" in plan()
    assert look(planning.chore()) == 0, "what was counted is not counted again"


def test_it_is_counted_again_when_it_has_several_times_the_rows(thing):
    grow(1, FEW + 1)
    assert count_all(db.engine) == ["thing"]
    grow(FEW + 1, GROWN * FEW - 1)
    assert count_all(db.engine) == []
    grow(GROWN * FEW - 1, GROWN * FEW + 1)
    assert count_all(db.engine) == ["thing"]


def test_a_queue_whose_first_rows_go_is_no_larger_for_it(thing):
    grow(1, 5 * FEW)
    assert count_all(db.engine) == ["thing"]
    with transaction():
        db.session.execute(text("DELETE FROM thing"))
    grow(100_000, 100_000 + 5 * FEW)
    assert count_all(db.engine) == []


def test_gaps_are_not_counted_again_and_again(thing):
    with transaction():
        db.session.execute(text("INSERT INTO thing VALUES (1, 1, 1), (1000000, 1, 1)"))
    assert look(planning.chore()) == 1


def test_another_process_lets_go_of_connections_that_plan_by_old_counts(thing):
    other = Counting()
    assert not other.is_due()
    grow(1, 5 * FEW)
    count_all(db.engine)
    db.session.rollback()
    other._look_at = 0
    assert other.is_due()
    pool = db.engine.pool
    with transaction():
        assert other.count_one() is None
    assert db.engine.pool is not pool
    assert not other.is_due()


def test_it_is_looked_at_once_a_minute(thing, monkeypatch):
    counting = Counting()
    assert not counting.is_due()
    grow(1, 5 * FEW)
    assert not counting.is_due()
    monkeypatch.setattr(planning.time, "monotonic", lambda: counting._look_at + 1)
    assert counting.is_due()


def steps_to_count(rows):
    """Return how many hundred steps SQLite takes to count a table of so many rows."""
    grow(1, rows)
    taken = []
    with transaction():
        driver = db.session.connection().connection.driver_connection
        driver.set_progress_handler(lambda: taken.append(1), 100)
        assert Counting().count_one() == "thing"
        driver.set_progress_handler(None, 0)
        db.session.execute(text("DELETE FROM thing"))
    return len(taken)


def test_the_pen_is_held_no_longer_for_a_large_table(thing):
    small = steps_to_count(5_000)
    assert steps_to_count(100_000) < 2 * small + 10


def test_every_serving_process_looks_after_it(app):
    assert "counts for plans" in {each.name for each in app.extensions["chores"]}
    assert isinstance(app.extensions["chores"][0], housekeeping.Chore)


def test_an_upgrade_leaves_a_filled_database_counted(thing, app):
    grow(1, 5 * FEW)
    db.session.remove()
    prepare(read_settings({"TRAINHUB_INSTANCE": str(app.config["SETTINGS"].instance)}))
    db.engine.dispose()
    assert "thing_who" in plan()


def test_postgresql_counts_by_itself(on_either):
    chore = planning.chore()
    if db.engine.dialect.name == "postgresql":
        assert not chore.is_due()
        assert count_all(db.engine) == []
    else:
        assert look(chore) >= 0
