"""A ledger of ten decisions on a database of each kind, and what a forger does to it by SQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from tests.migrated import on_postgres, on_sqlite
from tests.servers import drop_database
from trainhub import create_app, ledger
from trainhub.config import read_settings
from trainhub.kernel import keys
from trainhub.kernel.db import db, transaction
from trainhub.ledger import sequencing
from trainhub.ledger.models import Leaf
from trainhub.ledger.sequencing import head_as_json
from trainhub.ledger.signing import public_key
from trainhub.ledger.verifying import verify

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
def house(request, tmp_path):
    """An application on an empty database of each kind."""
    url = on_postgres() if request.param == "postgresql" else on_sqlite(tmp_path)
    keys.create_missing_keys(tmp_path / "keys")
    settings = {"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": url}
    application = create_app(read_settings(settings))
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
    if request.param == "postgresql":
        drop_database(url)


def decide(*numbers):
    for number in numbers:
        ledger.append("test.decided", by=None, side="exam", number=number)


def settle():
    """Sequence what waits, sign, and return the head as it leaves the house."""
    while sequencing.sequence():
        pass
    return head_as_json(sequencing.sign_head()) | {"public_key": public_key().hex()}


@pytest.fixture
def outside(house):
    """Ten decisions in the tree in three lots; returns the head that left the house."""
    with transaction():
        for lot in (range(4), range(4, 9), range(9, 10)):
            decide(*lot)
            db.session.flush()
            head = settle()
    return head


def sql(statement, **values):
    with transaction():
        assert db.session.execute(text(statement), values).rowcount > 0


def found(*heads):
    db.session.rollback()
    return [(each.index, each.what) for each in verify(heads).problems]


def cut_off():
    """Delete the newest two decisions with everything that speaks of them."""
    hashes = [f"'{each}'" for each in db.session.scalars(select(Leaf.leaf_hash).where(Leaf.position >= 8))]
    db.session.rollback()
    sql(f"DELETE FROM ledger_entry WHERE leaf_hash IN ({', '.join(hashes)})")
    sql("DELETE FROM ledger_leaf WHERE position >= 8")
    sql("DELETE FROM ledger_head WHERE size > 8")
    sql('DELETE FROM ledger_node WHERE ("index" + 1) * (1 << level) > 8')
