"""What one process does at a time: the others pass by, and who is killed lets go."""

import multiprocessing
import os
import signal

import pytest
from sqlalchemy import create_engine

from tests.servers import postgres_url  # noqa: F401  (fixture)
from trainhub.kernel import alone as module
from trainhub.kernel import housekeeping
from trainhub.kernel.alone import alone
from trainhub.kernel.db import db
from trainhub.kernel.housekeeping import Chore


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'own.db'}"
    return request.getfixturevalue("postgres_url")


def hold(address, has, ending):
    with alone(create_engine(address), "journals") as is_mine:
        has.put(is_mine)
        ending.wait()


def is_free(address, name="journals", patience_s=0.0):
    engine = create_engine(address)
    try:
        with alone(engine, name, patience_s) as is_mine:
            return is_mine
    finally:
        engine.dispose()


def test_what_another_process_does_is_left_to_it_until_it_ends_or_is_killed(address):
    context = multiprocessing.get_context("spawn")
    for ends in ("by itself", "killed"):
        has, ending = context.Queue(), context.Event()
        other = context.Process(target=hold, args=(address, has, ending))
        other.start()
        assert has.get(timeout=60)
        assert not is_free(address)
        assert is_free(address, "something else")
        if ends == "killed":
            os.kill(other.pid, signal.SIGKILL)
        else:
            ending.set()
        assert is_free(address, patience_s=60)
        other.join(60)


def test_work_that_fails_lets_go(address):
    engine = create_engine(address)
    with pytest.raises(ZeroDivisionError), alone(engine, "journals"):
        raise ZeroDivisionError
    engine.dispose()
    assert is_free(address)


def test_who_gives_up_on_work_that_just_ended_leaves_no_file(tmp_path, monkeypatch):
    """Somebody looks whether a job is held in the instant in which it ends and takes its file away."""
    lock = module.fcntl.flock

    def ends_first(file, how):
        for each in tmp_path.glob("own.db.alone-*"):
            each.unlink()
        lock(file, how)

    monkeypatch.setattr(module.fcntl, "flock", ends_first)
    with alone(create_engine(f"sqlite:///{tmp_path / 'own.db'}"), "job:1", is_once=True) as is_mine:
        assert not is_mine
    assert list(tmp_path.iterdir()) == []


def test_processes_prepare_a_dear_chore_one_after_the_other(app, monkeypatch):
    monkeypatch.setattr(housekeeping, "PATIENCE_S", 0.0)
    prepared, done = [], []
    chore = Chore("journals", lambda: True, done.append, prepare=lambda: prepared.append(1) or len(prepared))
    with app.app_context():
        with alone(db.engine, chore.name):
            chore.run()
            assert (prepared, done) == ([], [])
        chore.run()
    assert (prepared, done) == ([1], [1])
