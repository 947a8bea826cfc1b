"""Who wants to write to SQLite waits in order, and gives the pen back however its transaction ends."""

import multiprocessing
import threading

import pytest
from sqlalchemy import create_engine, text

from trainhub.kernel import turns as module
from trainhub.kernel.engines import prepare_engine, turns_of
from trainhub.kernel.turns import Turns, TurnTaking, turns_at


def waiting(turns, number):
    """Return once so many threads stand in the queue."""
    while len(turns._queue) < number:
        threading.Event().wait(0.001)


def test_threads_write_in_the_order_in_which_they_came_and_answers_before_all(tmp_path):
    turns, order = Turns(tmp_path / "turn"), []

    def write(name, first):
        with turns.turn(first=first):
            order.append(name)

    threads = []
    with turns.turn():
        for number, (name, first) in enumerate([("a", False), ("b", False), ("answers", True), ("c", False)]):
            threads.append(threading.Thread(target=write, args=(name, first)))
            threads[-1].start()
            waiting(turns, number + 1)
        with turns.turn():
            assert order == []
        assert order == []
    for thread in threads:
        thread.join()
    assert order == ["answers", "a", "b", "c"]


def test_who_waits_too_long_goes_on_without_and_stands_in_nobodys_way(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    turns, came = Turns(tmp_path / "turn"), []
    with turns.turn():
        thread = threading.Thread(target=lambda: came.append(turns.take()))
        thread.start()
        thread.join()
    assert came == [False]
    assert turns.take()
    turns.give_back()


def hold(path, holds, ending):
    turns = Turns(path)
    assert turns.take()
    holds.set()
    ending.wait()


def test_two_processes_take_turns_and_one_that_is_killed_gives_its_turn_back(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    context = multiprocessing.get_context("spawn")
    holds, ending = context.Event(), context.Event()
    other = context.Process(target=hold, args=(tmp_path / "turn", holds, ending))
    other.start()
    assert holds.wait(60)
    turns = Turns(tmp_path / "turn")
    assert not turns.take()
    other.kill()
    other.join()
    assert turns.take()
    turns.give_back()


def come_after(path, came):
    came.value = turns_at(path).take()


def test_a_forked_process_waits_for_its_parents_turn_instead_of_sharing_it(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    context = multiprocessing.get_context("fork")
    came = context.Value("b", True)
    with turns_at(str(tmp_path / "a.db")).turn():
        forked = context.Process(target=come_after, args=(str(tmp_path / "a.db"), came))
        forked.start()
        forked.join()
    assert not came.value


@pytest.fixture
def engine(tmp_path):
    """An engine as the house makes it, on a file of SQLite with one table."""
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}", connect_args={"factory": TurnTaking})
    prepare_engine(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY)"))
    yield engine
    engine.dispose()


def test_a_turn_ends_with_its_transaction_however_that_ends(engine):
    turns = turns_of(engine)

    def is_free():
        return turns._holder is None and turns._depth == 0

    with engine.begin() as connection:
        connection.execute(text("INSERT INTO thing VALUES (1)"))
        assert not is_free()
    assert is_free()
    with pytest.raises(Exception, match="UNIQUE"), engine.begin() as connection:
        connection.execute(text("INSERT INTO thing VALUES (1)"))
    assert is_free()
    connection = engine.connect()
    connection.execute(text("INSERT INTO thing VALUES (2)"))
    assert not is_free()
    connection.invalidate()
    assert is_free()
    connection.close()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM thing")) == 1


def test_a_transaction_that_could_not_begin_keeps_no_turn(engine):
    other = create_engine(engine.url)
    with other.connect() as foreign:
        foreign.exec_driver_sql("BEGIN IMMEDIATE")
        with engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA busy_timeout=1")
            connection.rollback()
            with pytest.raises(Exception, match="locked"):
                connection.execute(text("INSERT INTO thing VALUES (3)"))
        assert turns_of(engine)._holder is None
        foreign.rollback()
    other.dispose()
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO thing VALUES (3)"))


def test_a_turn_that_cannot_be_had_keeps_nobody_from_writing(tmp_path):
    (tmp_path / "house.db.turn").mkdir()
    engine = create_engine(f"sqlite:///{tmp_path / 'house.db'}", connect_args={"factory": TurnTaking})
    prepare_engine(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (number INTEGER)"))
    assert not turns_of(engine).take(first=True)

    (tmp_path / "house.db.turn").rmdir()
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO kept VALUES (1)"))
    assert turns_of(engine).take(first=True)
    turns_of(engine).give_back()
    engine.dispose()
