"""GET never writes: a request may only read until a deed begins, on both databases."""

from __future__ import annotations

import threading

import pytest
from flask import Blueprint
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from tests.conftest import Client
from tests.migrated import on_postgres, on_sqlite
from tests.servers import drop_database
from trainhub import create_app, ledger
from trainhub.config import read_settings
from trainhub.kernel import keys
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import after_commit, db, is_reading, lock, reading, transaction, writes
from trainhub.kernel.errors import Conflict
from trainhub.ledger import Entry

said: list[str] = []


def make(url, folder):
    keys.create_missing_keys(folder / "keys")
    settings = {"TRAINHUB_INSTANCE": str(folder)} | ({"TRAINHUB_DATABASE_URL": url} if url else {})
    app = create_app(read_settings(settings))
    app.config.update(WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    trial = Blueprint("trial", __name__, url_prefix="/trial")
    reason = "a test of transactions"

    @trial.get("/write")
    @open_to_all(reason)
    def write_by_get():
        """Try to write while looking."""
        ledger.append("test.sneaked", by=None, side="core")
        db.session.flush()
        return "written"

    @trial.get("/commit")
    @open_to_all(reason)
    def commit_by_get():
        """Try to write after a commit of one's own."""
        db.session.commit()
        ledger.append("test.sneaked", by=None, side="core")
        db.session.commit()
        return "written"

    @trial.post("/deed")
    @open_to_all(reason)
    @writes
    def deed():
        """Write as a deed does."""
        lock("test", 1)
        after_commit(lambda: said.append("told"))
        ledger.append("test.done", by=None, side="core")
        return "reading" if is_reading() else "writing"

    @trial.post("/failing")
    @open_to_all(reason)
    @writes
    def failing():
        """Write, and then fail."""
        after_commit(lambda: said.append("told too early"))
        ledger.append("test.half", by=None, side="core")
        db.session.flush()
        raise Conflict("no")

    app.register_blueprint(trial)
    return app


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def browser(request, tmp_path):
    url = on_postgres() if request.param == "postgresql" else on_sqlite(tmp_path)
    app = make(url, tmp_path)
    said.clear()
    with app.app_context():
        yield app.test_client()
        db.session.remove()
        db.engine.dispose()
    if request.param == "postgresql":
        drop_database(url)


def kinds():
    db.session.rollback()
    found = db.session.scalars(select(Entry.kind).where(Entry.kind.like("test.%"))).all()
    db.session.rollback()
    return found


@pytest.mark.parametrize("address", ["/trial/write", "/trial/commit"])
def test_a_look_that_tries_to_write_fails_and_leaves_nothing(browser, address):
    assert browser.get(address).status_code == 500
    assert kinds() == []


def test_a_deed_writes_and_tells_only_afterwards(browser):
    answer = browser.post("/trial/deed")
    assert answer.text == "writing"
    assert kinds() == ["test.done"]
    assert said == ["told"]


def test_a_deed_that_fails_leaves_nothing_and_tells_nobody(browser):
    assert browser.post("/trial/failing").status_code == 409
    assert kinds() == [] and said == []


def test_a_look_after_a_deed_may_again_only_read(browser):
    browser.post("/trial/deed")
    assert browser.get("/trial/write").status_code == 500
    browser.post("/trial/deed")
    assert kinds() == ["test.done", "test.done"]


def test_outside_a_request_a_transaction_writes_and_an_error_undoes_it(browser):
    with pytest.raises(ZeroDivisionError), transaction():
        ledger.append("test.undone", by=None, side="core")
        db.session.flush()
        _ = 1 / 0
    with transaction():
        ledger.append("test.kept", by=None, side="core")
    assert kinds() == ["test.kept"]


def test_a_reader_is_refused_by_the_database_itself(browser):
    with browser.application.test_request_context("/"):
        browser.application.preprocess_request()
        db.session.rollback()
        with pytest.raises(DBAPIError, match="(?i)read.?only"):
            db.session.execute(db.insert(Entry).values(kind="x", side="core", salt="", leaf_hash="y"))
        db.session.rollback()
        assert db.session.scalar(select(func.count(Entry.id))) == 0


def test_all_questions_of_a_look_see_the_same_state_while_others_write(browser):
    app = browser.application

    def write():
        with app.app_context(), transaction():
            ledger.append("test.meanwhile", by=None, side="core")

    counted = select(func.count(Entry.id)).where(Entry.kind == "test.meanwhile")
    with reading():
        before = db.session.scalar(counted)
        other = threading.Thread(target=write)
        other.start()
        other.join()
        assert (before, db.session.scalar(counted)) == (0, 0)
    assert len(kinds()) == 1
    with transaction():
        # A deed sees what others have committed meanwhile: it has waited for them.
        assert db.session.scalar(counted) == 1
        again = threading.Thread(target=write)
        if db.engine.dialect.name == "postgresql":
            again.start()
            again.join()
            assert db.session.scalar(counted) == 2
