"""Whatever is done to the ledger by SQL is found, and the place is named; on SQLite and on PostgreSQL."""

import json
import threading

import pytest
from sqlalchemy import func, select, text

from tests.factories.ledger import cut_off, decide, found, house, outside, settle, sql
from trainhub import ledger
from trainhub.kernel import keys
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.ledger import proving, sequencing
from trainhub.ledger.append import leaf_hash
from trainhub.ledger.models import Head, Leaf, Node
from trainhub.ledger.signing import public_key
from trainhub.ledger.verifying import verify

__all__ = ["house", "outside"]


def test_an_honest_ledger_is_whole(outside):
    verdict = verify([outside])
    assert (verdict.problems, verdict.size, verdict.outside) == ((), 10, True)
    assert verdict.root == outside["root"]
    assert not verify().outside


@pytest.mark.parametrize("place", [0, 4, 9])
def test_a_changed_body_is_found(outside, place):
    sql("UPDATE ledger_entry SET body = replace(body, 'number', 'numbeR') WHERE id = :id", id=place + 1)
    assert any(index == place and "was changed" in what for index, what in found())


@pytest.mark.parametrize("column", ["kind", "by_id", "side"])
def test_a_changed_column_is_found_though_the_body_is_whole(outside, column):
    sql(f"UPDATE ledger_entry SET {column} = 'core' WHERE id = 3")
    assert any(index == 2 and "was changed" in what for index, what in found())


def test_a_changed_entry_with_a_new_hash_is_found(outside):
    """The forger computes the hash anew and writes it everywhere but into what was signed."""
    entry = db.session.get(ledger.Entry, 5)
    body = entry.body.replace('"number":4', '"number":44')
    made = leaf_hash(bytes.fromhex(entry.salt), body.encode())
    old = entry.leaf_hash
    db.session.rollback()
    sql("UPDATE ledger_entry SET body = :body, leaf_hash = :made WHERE id = 5", body=body, made=made)
    sql("UPDATE ledger_leaf SET leaf_hash = :made WHERE leaf_hash = :old", made=made, old=old)
    sql("UPDATE ledger_node SET hash = :made WHERE hash = :old", made=made, old=old)
    assert any(index == 4 for index, _what in found())
    assert any("not those of the head signed" in what for _index, what in found())


def test_a_deleted_entry_is_found(outside):
    sql("DELETE FROM ledger_entry WHERE id = 7")
    assert found() == [(6, "the entry of this leaf is gone")]


def test_a_deleted_leaf_in_the_middle_is_found(outside):
    sql("DELETE FROM ledger_leaf WHERE position = 6")
    problems = found()
    assert (6, "1 leaves are missing before place 7") in problems
    assert any("entry 7 has no leaf" in what for _index, what in problems)


def test_two_swapped_leaves_are_found(outside):
    for place, other in ((2, 100), (7, 2), (100, 7)):
        sql("UPDATE ledger_leaf SET position = :other WHERE position = :place", place=place, other=other)
    assert {index for index, _what in found()} >= {2, 7}


def test_deleting_the_newest_rows_is_found_against_an_outside_head(outside):
    cut_off()
    assert found() == []
    assert [(index, what[:40]) for index, what in found(outside)] == [
        (8, "the end is cut off: 2 leaves are missing")
    ]


def test_a_restored_backup_that_goes_on_is_found_against_an_outside_head(outside):
    cut_off()
    with transaction():
        decide(*range(20, 25))
        db.session.flush()
        settle()
    assert found() == []
    assert any(index == 9 and "the outside head" in what for index, what in found(outside))


def test_signing_everything_again_with_another_key_is_found(outside, house, tmp_path):
    heads = db.session.scalars(select(Head)).all()
    (tmp_path / "keys" / "ledger-signing.key").unlink()
    keys.create_missing_keys(tmp_path / "keys")
    assert len(found()) == len(heads), "the heads are signed by a foreign key"
    with transaction():
        db.session.execute(text("DELETE FROM ledger_head"))
        settle()
    assert found() == []
    assert any("signed by another key" in what for _index, what in found(outside))


def test_a_forged_signature_is_found(outside):
    sql("UPDATE ledger_head SET at = '2020-01-01 00:00:00' WHERE size = 10")
    assert found() == [(9, "the signature of the head of size 10 is wrong")]


def test_a_forged_outside_head_says_so(outside):
    forged = outside | {"root": "00" * 32}
    assert any("is not signed by its own key" in what for _index, what in found(forged))


def test_erasing_a_body_leaves_the_tree_whole(outside):
    with transaction():
        ledger.erase_body(db.session.get(ledger.Entry, 3), "个人信息保护法 art. 47", by=None)
        db.session.flush()
        settle()
    assert found(outside) == []
    assert db.session.get(ledger.Entry, 3).body is None


def test_every_entry_is_proved_to_an_outsider(outside):
    for number in range(1, 11):
        proof = json.loads(json.dumps(proving.prove(number)))
        assert proving.problems_of_proof(proof, bytes.fromhex(outside["public_key"])) == []
        forged = proof | {"body": proof["body"] | {"by": "somebody"}}
        assert proving.problems_of_proof(forged) == ["the body is not the one whose hash is in the tree"]
        assert proving.problems_of_proof(proof, bytes(32)) != []
        moved = proof | {"index": (proof["index"] + 1) % 10}
        assert proving.problems_of_proof(moved) != []
    assert proving.problems_of_proof({"head": 3}) != []


def test_growth_is_proved_between_any_two_heads(outside):
    heads = db.session.scalars(select(Head).order_by(Head.size)).all()
    for first in heads:
        for second in heads:
            if first.size <= second.size:
                assert proving.grew(proving.prove_growth(first, second), public_key())


def test_what_is_not_in_the_tree_yet_is_promised_and_not_proved(outside):
    with transaction():
        decide(77)
    entry = db.session.scalars(select(ledger.Entry).order_by(ledger.Entry.id.desc())).first()
    with pytest.raises(Conflict):
        proving.prove(entry.id)
    promised = ledger.promise(entry)
    assert promised["leaf"] == entry.leaf_hash and promised["signature"]
    with pytest.raises(NotFound):
        proving.prove(10_000)


def test_heads_leave_the_house_by_themselves(house, tmp_path):
    with transaction():
        decide(1, 2)
    assert sequencing.is_due()
    with transaction():
        sequencing.run()
    db.session.rollback()
    assert not sequencing.is_due()
    lines = (tmp_path / "heads" / "heads.jsonl").read_text().splitlines()
    assert found(json.loads(lines[-1])) == []


def test_a_rolled_back_act_leaves_no_leaf(house):
    with pytest.raises(ZeroDivisionError), transaction():
        decide(1)
        db.session.flush()
        raise ZeroDivisionError
    assert db.session.scalar(select(func.count(Leaf.id))) == 0


def test_acts_and_sequencers_at_once_leave_no_gap_and_no_double(house):
    """Four writers, two sequencers: places are 0, 1, 2 … and none is ever given anew."""
    seen: dict[str, int] = {}
    wrong: list[str] = []
    writing = threading.Event()

    def write(writer):
        with house.app_context():
            for number in range(25):
                with transaction():
                    decide(writer * 100 + number)
            db.session.remove()

    def order():
        with house.app_context():
            while not writing.is_set():
                with transaction():
                    sequencing.sequence()
                placed = db.session.execute(
                    select(Leaf.leaf_hash, Leaf.position).where(Leaf.position.is_not(None))
                ).all()
                db.session.rollback()
                wrong.extend(leaf for leaf, place in placed if seen.setdefault(leaf, place) != place)
            db.session.remove()

    orderers = [threading.Thread(target=order) for _each in range(2)]
    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in (*orderers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in orderers:
        thread.join()
    with transaction():
        settle()
    assert wrong == []
    assert sorted(db.session.scalars(select(Leaf.position))) == list(range(100))
    assert verify().problems == ()
    assert db.session.scalar(select(func.count()).select_from(Node)) == sum(
        100 >> level for level in range(7)
    )
