"""Attacks by somebody who may write every table, and some who hold the key: found, or found from outside."""

import pytest
from sqlalchemy import insert, select, text

from tests.factories.ledger import cut_off, found, house, outside, settle, sql
from trainhub import ledger
from trainhub.kernel.db import db, transaction
from trainhub.ledger import proving
from trainhub.ledger.append import leaf_hash
from trainhub.ledger.models import Head, Leaf, Node
from trainhub.ledger.sequencing import head_as_json
from trainhub.ledger.signing import public_key
from trainhub.ledger.tree import Edge

__all__ = ["house", "outside"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", "2020-01-01 00:00:00"), ("salt", "00" * 16), ("salt", "no salt"), ("kind", "duty.granted")],
)
def test_every_other_column_is_bound_to_the_leaf_too(outside, column, value):
    sql(f"UPDATE ledger_entry SET {column} = :value WHERE id = 6", value=value)
    assert [index for index, what in found() if "entry 6 was changed" in what] == [5]


def test_a_changed_hash_leaves_an_entry_without_leaf_and_a_leaf_without_entry(outside):
    sql("UPDATE ledger_entry SET leaf_hash = :made WHERE id = 6", made="ab" * 32)
    problems = found()
    assert (5, "the entry of this leaf is gone") in problems
    assert any("entry 6 has no leaf" in what for _index, what in problems)


@pytest.mark.parametrize("made", ["ab" * 32, "no hash", ""])
def test_a_leaf_that_never_was_is_found_whatever_it_is(outside, made):
    sql("UPDATE ledger_leaf SET leaf_hash = :made WHERE position = 5", made=made)
    problems = found()
    assert (5, "the leaves 5 to 5 are not those that were sequenced") in problems
    assert (5, "the entry of this leaf is gone") in problems


def test_what_was_said_is_not_erased_in_silence(outside):
    """A body may go by law; without the entry that says so it was taken."""
    sql("UPDATE ledger_entry SET body = NULL WHERE id = 4")
    assert found(outside) == [
        (3, "what entry 4 said is gone, and no entry says that it was erased"),
    ]


def test_an_entry_that_is_put_in_by_sql_is_found(outside):
    sql(
        "INSERT INTO ledger_entry (kind, at, side, body, salt, leaf_hash) "
        "VALUES ('duty.granted', '2026-01-01 00:00:00', 'exam', '{}', '00', :made)",
        made="cd" * 32,
    )
    assert any("has no leaf" in what for _index, what in found())


def test_an_entry_that_is_put_in_with_its_leaf_says_what_its_columns_say_or_is_named(outside):
    body, salt = "[1]", "00" * 16
    made = leaf_hash(bytes.fromhex(salt), body.encode())
    sql(
        "INSERT INTO ledger_entry (kind, at, side, body, salt, leaf_hash) "
        "VALUES ('duty.granted', '2026-01-01 00:00:00', 'exam', :body, :salt, :made)",
        body=body,
        salt=salt,
        made=made,
    )
    sql("INSERT INTO ledger_leaf (leaf_hash) VALUES (:made)", made=made)
    with transaction():
        settle()
    assert [index for index, what in found() if "was changed" in what] == [10]


def test_two_entries_whose_words_are_swapped_are_found(outside):
    rows = {number: db.session.get(ledger.Entry, number) for number in (2, 9)}
    said = {number: (row.body, row.salt) for number, row in rows.items()}
    db.session.rollback()
    for number, other in ((2, 9), (9, 2)):
        body, salt = said[other]
        sql(
            "UPDATE ledger_entry SET body = :body, salt = :salt WHERE id = :id",
            body=body,
            salt=salt,
            id=number,
        )
    assert [index for index, what in found() if "was changed" in what] == [1, 8]


@pytest.mark.parametrize(("level", "place"), [(0, 3), (1, 1), (3, 0)])
def test_a_changed_node_is_found_and_proves_nothing(outside, level, place):
    sql(
        'UPDATE ledger_node SET hash = :made WHERE level = :level AND "index" = :place',
        made="00" * 32,
        level=level,
        place=place,
    )
    first, last = place << level, (place + 1 << level) - 1
    assert found() == [(first, f"the leaves {first} to {last} are not those that were sequenced")]
    neighbour = proving.prove({(0, 3): 3, (1, 1): 1, (3, 0): 9}[level, place])
    assert "the path does not lead from the leaf to the root of the head" in proving.problems_of_proof(
        neighbour
    )


def test_a_deleted_node_is_found(outside):
    sql('DELETE FROM ledger_node WHERE level = 2 AND "index" = 0')
    assert found() == [(0, "the leaves 0 to 3 are not those that were sequenced")]


def test_a_changed_root_of_a_head_is_found(outside):
    sql("UPDATE ledger_head SET root = :made WHERE size = 9", made="11" * 32)
    problems = found()
    assert (8, "the signature of the head of size 9 is wrong") in problems
    assert any(index == 8 and "not those of the head signed" in what for index, what in problems)


def rebuild():
    """What a forger does who may write everything: the tree anew over the leaves as they stand now."""
    with transaction():
        for table in ("ledger_node", "ledger_head"):
            db.session.execute(text(f"DELETE FROM {table}"))
        edge, nodes = Edge(), []
        for leaf in db.session.scalars(select(Leaf.leaf_hash).order_by(Leaf.position)):
            nodes += [
                {"level": level, "index": index, "hash": made.hex()}
                for level, index, made in edge.add(bytes.fromhex(leaf))
            ]
        db.session.execute(insert(Node), nodes)
        settle()


def test_a_past_rewritten_with_the_whole_tree_and_the_right_key_is_found_by_whoever_kept_a_head(outside):
    """Changed body, new leaf, new nodes, heads signed with the house's own key: all fits but the outside."""
    entry = db.session.get(ledger.Entry, 5)
    body, old = entry.body.replace('"number":4', '"number":44'), entry.leaf_hash
    made = leaf_hash(bytes.fromhex(entry.salt), body.encode())
    db.session.rollback()
    sql("UPDATE ledger_entry SET body = :body, leaf_hash = :made WHERE id = 5", body=body, made=made)
    sql("UPDATE ledger_leaf SET leaf_hash = :made WHERE leaf_hash = :old", made=made, old=old)
    rebuild()
    assert found() == []
    assert found(outside) == [
        (9, f"the first 10 leaves are not those of the outside head of {outside['at']}")
    ]


def test_swapped_leaves_with_the_whole_tree_rebuilt_are_found_by_whoever_kept_a_head(outside):
    for place, other in ((2, 100), (7, 2), (100, 7)):
        sql("UPDATE ledger_leaf SET position = :other WHERE position = :place", place=place, other=other)
    rebuild()
    assert found() == []
    assert [index for index, what in found(outside) if "the outside head" in what] == [9]


def test_yesterdays_backup_is_found_though_it_is_whole_in_itself(house, outside, tmp_path):
    """The database as it was at the first head, put back without going on."""
    for table, condition in (
        ("ledger_entry", "id > 4"),
        ("ledger_leaf", "position > 3"),
        ("ledger_head", "size > 4"),
        ("ledger_node", '("index" + 1) * (1 << level) > 4'),
    ):
        sql(f"DELETE FROM {table} WHERE {condition}")
    assert found() == []
    assert [(index, what[:40]) for index, what in found(outside)] == [
        (4, "the end is cut off: 6 leaves are missing")
    ]


def test_an_outside_head_of_before_does_not_hide_that_the_newest_is_missing(outside):
    early = db.session.scalars(select(Head).order_by(Head.size)).first()
    kept = [head_as_json(early) | {"public_key": public_key().hex()}, outside]
    assert found(*kept) == []
    cut_off()
    assert any("is cut off" in what for _index, what in found(*kept))


@pytest.mark.parametrize(
    "broken", [{"signature": None}, {"signature": "zz"}, {"public_key": "zz"}, {"key": 1}]
)
def test_an_outside_head_that_is_no_head_is_named_and_stops_nothing(outside, broken):
    assert any("is not signed by its own key" in what for _index, what in found(outside | broken))


def test_an_erased_body_can_be_no_excuse_for_another(outside):
    with transaction():
        ledger.erase_body(db.session.get(ledger.Entry, 3), "个人信息保护法 art. 47", by=None)
        db.session.flush()
        settle()
    sql("UPDATE ledger_entry SET body = NULL WHERE id = 8")
    assert [index for index, what in found(outside) if "no entry says" in what] == [7]
    proof = proving.prove(3)
    assert proof["body"] is None and proving.problems_of_proof(proof) == []
