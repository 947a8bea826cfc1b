"""Batches on a connection of their own: all of one is durable, or nothing of it, and the next goes on."""

import json

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.servers import postgres_url  # noqa: F401  (fixture)
from trainhub.kernel.committing import Committer
from trainhub.kernel.database_errors import is_unreachable
from trainhub.kernel.driving import run
from trainhub.kernel.engines import prepare_engine
from trainhub.kernel.many import Rows

THINGS = Rows("things", {"id": "integer", "said": "text"})


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request, tmp_path):
    """An engine as the house has it, over one table."""
    postgres = request.param == "postgresql"
    address = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path / 'things.db'}"
    engine = create_engine(address)
    prepare_engine(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY, said TEXT NOT NULL)"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE things"))
    engine.dispose()


@pytest.fixture
def committer(engine):
    committer = Committer(engine)
    yield committer
    committer.close()


def adding(*numbers, read=True):
    """A batch that looks first, as a batch of answers does, and then adds rows."""

    def work(connection, reading_is_over):
        found = run(connection, "SELECT count(*) FROM things").fetchone()[0] if read else None
        reading_is_over()
        THINGS.insert(connection, [{"id": number, "said": "there"} for number in numbers])
        return found

    return work


def kept(engine):
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT id FROM things ORDER BY id")))


@pytest.mark.parametrize("read", [True, False])
def test_a_batch_is_kept_once_commit_returns_and_the_next_sees_it(engine, committer, read):
    committer.commit(adding(1, 2, read=read))
    assert kept(engine) == [1, 2]
    assert committer.commit(adding(3)) == 2
    assert kept(engine) == [1, 2, 3]


def test_nothing_is_kept_of_a_batch_of_which_one_row_is_refused_and_the_next_goes_on(engine, committer):
    committer.commit(adding(1))
    with pytest.raises(IntegrityError):
        committer.commit(adding(2, 1, 3))
    assert kept(engine) == [1]
    committer.commit(adding(4))
    assert kept(engine) == [1, 4]


def test_nothing_is_kept_of_a_batch_that_fails_after_it_has_written(engine, committer):
    def work(connection, reading_is_over):
        adding(1)(connection, reading_is_over)
        raise RuntimeError("the house fell in")

    with pytest.raises(RuntimeError):
        committer.commit(work)
    assert kept(engine) == []
    committer.commit(adding(2))
    assert kept(engine) == [2]


def test_a_batch_that_never_says_that_it_has_read_all_is_kept_as_well(engine, committer):
    committer.commit(lambda connection, _reading_is_over: THINGS.insert(connection, [{"id": 7, "said": "x"}]))
    assert kept(engine) == [7]


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("when", ["before", "between"])
def test_a_connection_that_the_server_ends_is_told_as_out_of_reach_and_nothing_is_kept(
    engine, committer, when
):
    committer.commit(adding(1))
    driver = committer._connection.connection.driver_connection
    here = driver.info.backend_pid

    def end():
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": here})

    def work(connection, reading_is_over):
        adding(2)(connection, reading_is_over)
        if when == "between":
            end()

    if when == "before":
        end()
    with pytest.raises(DBAPIError) as refused:
        committer.commit(work)
    assert is_unreachable(refused.value)
    assert kept(engine) == [1]
    committer.commit(adding(3))
    assert kept(engine) == [1, 3]


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_batch_finds_the_rows_it_changes_by_their_index(engine, committer):
    committer.commit(adding(*range(3000), read=False))
    told = json.dumps([{"id": 5, "said": "five"}])

    def plan(connection, _reading_is_over):
        return "\n".join(row[0] for row in run(connection, f"EXPLAIN {THINGS._update_told}", (told,)))

    assert "Seq Scan on things" not in committer.commit(plan)
