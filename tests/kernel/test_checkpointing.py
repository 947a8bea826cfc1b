"""SQLite's log is carried over beside the work; a long one begins anew, and nothing of it is lost."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from trainhub.kernel import checkpointing
from trainhub.kernel.checkpointing import Checkpointer
from trainhub.kernel.engines import prepare_engine, turns_of
from trainhub.kernel.turns import TurnTaking


@pytest.fixture
def engine(tmp_path):
    """An engine as the house makes it, on a file of SQLite with one table."""
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}", connect_args={"factory": TurnTaking})
    prepare_engine(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY, said TEXT)"))
    yield engine
    engine.dispose()


def write(engine, first, count):
    with engine.begin() as connection:
        rows = [{"id": number, "said": "x" * 3_000} for number in range(first, first + count)]
        connection.execute(text("INSERT INTO thing VALUES (:id, :said)"), rows)


def test_a_round_carries_over_beside_a_reader_and_a_long_log_begins_anew(engine, tmp_path, monkeypatch):
    database = tmp_path / "a.db"
    log = Path(f"{database}-wal")
    checkpointer = Checkpointer(database, turns_of(engine))
    write(engine, 0, 2_000)
    assert log.stat().st_size > database.stat().st_size, "no commit carried it over"

    reader = sqlite3.connect(database, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM thing").fetchone() == (2_000,)
    checkpointer.round()
    assert database.stat().st_size > 2_000 * 3_000
    write(engine, 2_000, 10)
    assert reader.execute("SELECT count(*) FROM thing").fetchone() == (2_000,)
    reader.close()

    monkeypatch.setattr(checkpointing, "LONG", 10)
    monkeypatch.setattr(checkpointing, "TOO_LONG", 10**6)
    checkpointer.round()
    size = log.stat().st_size
    assert size > 0
    write(engine, 3_000, 1)
    assert log.stat().st_size == size, "it begins anew in the room that it has"

    monkeypatch.setattr(checkpointing, "LONG", 1)
    monkeypatch.setattr(checkpointing, "TOO_LONG", 1)
    checkpointer.round()
    assert log.stat().st_size == 0
    assert turns_of(engine)._holder is None
    write(engine, 3_001, 1)
    with create_engine(f"sqlite:///{database}").connect() as other:
        assert other.scalar(text("SELECT count(*) FROM thing")) == 2_012


def test_only_what_was_added_since_the_last_round_is_worth_another(engine, tmp_path):
    log = tmp_path / "a.db-wal"
    checkpointer = Checkpointer(tmp_path / "a.db", turns_of(engine))
    write(engine, 0, 500)
    assert not checkpointer.is_worth_it()
    reader = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    reader.execute("BEGIN")
    write(engine, 500, 600)
    assert reader.execute("SELECT count(*) FROM thing").fetchone() == (1_100,)
    assert checkpointer.is_worth_it()
    checkpointer.round()
    size = log.stat().st_size
    write(engine, 2_000, 500)
    assert log.stat().st_size > size and not checkpointer.is_worth_it(), "it grows while somebody reads"
    write(engine, 3_000, 600)
    assert checkpointer.is_worth_it()

    reader.close()
    checkpointer.round()
    size = log.stat().st_size
    write(engine, 4_000, 900)
    assert not checkpointer.is_worth_it(), "few were added"
    write(engine, 5_000, 200)
    assert log.stat().st_size == size and checkpointer.is_worth_it(), "it began anew over the old one"
    engine.dispose()
    assert not log.exists() and not checkpointer.is_worth_it()


def test_a_log_that_cannot_be_carried_over_is_told_and_tried_again(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpointing, "WORTH_IT", 1)
    rounds = []

    class Broken(Checkpointer):
        def round(self):
            rounds.append(1)
            if len(rounds) == 2:
                self.stop()
            raise OSError("no space left")

    write(engine, 0, 10)
    thread = Broken(tmp_path / "a.db", turns_of(engine), every_s=0.001)
    thread.start()
    thread.join(10)
    assert len(rounds) == 2
