"""The ledger: a salted leaf per decision, in the transaction of the act, that anybody can compute again."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.factories.people import make_person
from trainhub import ledger
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.ledger.append import leaf_hash


def append(**facts):
    with transaction():
        by = make_person()
        entry_id = ledger.append("test.done", by=by, side="exam", **facts)
        db.session.flush()
        return entry_id.id, by.id


def test_a_leaf_is_the_hash_of_salt_and_body_and_can_be_computed_again(app):
    entry_id, by = append(sitting="SIT-1", count=3)
    entry = db.session.get_one(ledger.Entry, entry_id)
    computed = hashlib.sha256(b"\x00" + bytes.fromhex(entry.salt) + entry.body.encode()).hexdigest()
    assert entry.leaf_hash == computed
    assert json.loads(entry.body) == {
        "kind": "test.done",
        "at": entry.at.isoformat(),
        "by": by,
        "side": "exam",
        "facts": {"sitting": "SIT-1", "count": 3},
    }


def test_a_body_is_canonical_so_that_its_hash_does_not_hang_on_order(app):
    entry_id, _ = append(b=1, a=date(2026, 11, 23), c=["x", None, True])
    body = db.session.get_one(ledger.Entry, entry_id).body
    assert '"facts":{"a":"2026-11-23","b":1,"c":["x",null,true]}' in body
    assert " " not in body


def test_the_same_decision_twice_has_two_hashes(app):
    with clock.set_to(clock.now()), transaction():
        one = ledger.append("test.done", by=None, side="core", code="X")
        two = ledger.append("test.done", by=None, side="core", code="X")
        assert one.body == two.body
        assert one.leaf_hash != two.leaf_hash and one.salt != two.salt


def test_a_decision_that_failed_leaves_no_leaf(app):
    with pytest.raises(ZeroDivisionError), transaction():
        ledger.append("test.failed", by=None, side="core")
        db.session.flush()
        _ = 1 / 0
    assert db.session.scalars(select(ledger.Entry).where(ledger.Entry.kind == "test.failed")).all() == []


def test_a_body_can_be_erased_by_law_and_its_hash_stays(app):
    entry_id, _ = append(code="X")
    with transaction():
        entry = db.session.get_one(ledger.Entry, entry_id)
        before, entry.body = entry.leaf_hash, None
    assert db.session.get_one(ledger.Entry, entry_id).leaf_hash == before


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=200), st.integers(0, 7))
def test_any_changed_bit_of_a_body_changes_its_leaf(salt, body, bit):
    changed = bytes([body[0] ^ (1 << bit)]) + body[1:] if body else b"x"
    assert leaf_hash(salt, body) != leaf_hash(salt, changed)
