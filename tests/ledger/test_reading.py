"""The ledger is read page by page; every decision comes up once, whichever way the pages are turned."""

import pytest
from sqlalchemy import event

from trainhub import ledger
from trainhub.kernel.db import db, transaction
from trainhub.ledger import proving, sequencing
from trainhub.ledger.models import Head

KINDS = ("test.often", "test.often", "test.often", "test.seldom")


@pytest.fixture
def numbers(app):
    """Twenty decisions, every fourth of a rare kind; returns their numbers."""
    with transaction():
        entries = [ledger.append(KINDS[n % 4], by=None, side="exam", number=n) for n in range(20)]
        db.session.flush()
        return [entry.id for entry in entries]


def walked(first, direction, **wanted):
    """The numbers on each page, turning them in one direction until the end."""
    page, pages = first, []
    while True:
        pages.append([entry.id for entry in page.entries])
        goes_on = getattr(page, direction)
        if goes_on is None:
            return pages
        page = ledger.decisions(**wanted, **{"before" if direction == "older" else "after": goes_on})


@pytest.mark.parametrize("kind", ["test.often", "test.seldom"])
def test_pages_of_a_kind_show_each_decision_once_in_both_directions(numbers, kind):
    wanted = {"kind": kind, "per_page": 4}
    mine = [number for place, number in enumerate(numbers) if KINDS[place % 4] == kind]
    down = walked(ledger.decisions(**wanted), "older", **wanted)
    assert [number for page in down for number in page] == mine[::-1]
    up = walked(ledger.decisions(**wanted, after=0), "newer", **wanted)
    assert [number for page in reversed(up) for number in page] == mine[::-1]
    assert {len(page) for page in down[:-1]} <= {4}


def test_the_first_page_has_nothing_newer_and_the_last_nothing_older(numbers):
    first = ledger.decisions(per_page=6)
    assert (first.newer, first.older) == (None, numbers[14])
    last = ledger.decisions(after=0, per_page=6)
    assert last.older is None and last.newer == last.entries[0].id
    assert ledger.decisions("test.never") == ledger.Decisions((), None, None)
    assert ledger.decisions(before=0).entries == ()


def test_kinds_and_their_number_are_told(numbers):
    assert [kind for kind in ledger.kinds() if kind.startswith("test.")] == ["test.often", "test.seldom"]
    before = ledger.number_of_decisions()
    with transaction():
        sequencing.sequence()
    with transaction():
        ledger.append("test.often", by=None, side="exam")
    assert ledger.number_of_decisions() == before + 1


def test_only_decisions_under_a_signed_head_can_be_proved(numbers):
    with transaction():
        sequencing.sequence()
        head = sequencing.sign_head()
        late = ledger.append("test.late", by=None, side="exam")
        db.session.flush()
        entries = [late, *ledger.decisions("test.seldom").entries]
        assert ledger.covered(entries, head) == {entry.id for entry in entries[1:]}
        assert ledger.covered(entries, None) == frozenset()


@pytest.mark.parametrize("size", [100, 1000, 3000])
def test_proofs_and_heads_ask_once_for_all_nodes_whatever_the_size(app, size):
    with transaction():
        for number in range(size):
            ledger.append("test.done", by=None, side="exam", number=number)
        db.session.flush()
        sequencing.sequence()
        sequencing.sign_head()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    head, entry = ledger.newest_head(), ledger.decisions(after=size // 3, per_page=1).entries[0]
    middle = Head(size=size // 2, root="", at=head.at, key="", signature="")
    acts = {
        "inclusion": lambda: proving.prove(entry.id, head),
        "consistency": lambda: proving.prove_growth(middle, head),
        "edge": lambda: sequencing.edge_of(size),
    }
    for name, act in acts.items():
        asked.clear()
        act()
        assert sum("ledger_node" in statement for statement in asked) == 1, name
        assert len(asked) <= 2, name
