"""Connections that a serving process opens before its first request."""

from sqlalchemy import create_engine, make_url

from tests.servers import free_port, postgres_url  # noqa: F401  (fixture)
from trainhub.kernel.connecting import AHEAD, open_ahead


def test_the_first_of_a_rush_find_connections_open(postgres_url):  # noqa: F811
    engine = create_engine(postgres_url, pool_size=24)
    try:
        assert open_ahead(engine) == AHEAD
        assert engine.pool.checkedin() == AHEAD
        assert engine.pool.checkedout() == 0
    finally:
        engine.dispose()


def test_a_database_that_does_not_answer_does_not_keep_a_process_from_starting(postgres_url):  # noqa: F811
    nobody_there = make_url(postgres_url).set(port=free_port())
    engine = create_engine(nobody_there, connect_args={"connect_timeout": 2})

    assert open_ahead(engine) == 0
    assert engine.pool.checkedout() == 0


def test_a_file_of_sqlite_needs_none(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'db'}")

    assert open_ahead(engine) == 0
    assert not (tmp_path / "db").exists()
