"""On PostgreSQL: two officers at once open a paper once; one officer from two browsers opens nothing."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from tests.factories import walls as instances
from tests.factories.bank import make_staff
from tests.factories.opening import (
    make_opening_officers,
    make_sealed_for,
    make_waiting_sitting,
    passphrase_of,
)
from trainhub import regulations
from trainhub.exams import papers
from trainhub.exams.papers.models import Paper
from trainhub.exams.papers.models_opening import FirstShare
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.ledger import Entry
from trainhub.people.models import Person

pytestmark = pytest.mark.postgres


@pytest.fixture
def place(tmp_path):
    """An examination process with its own login; codes of a paper and its sitting, ids of the officers."""
    folder = tmp_path / "instance"
    with instances.house(folder) as url:
        with instances.everything(url, folder), transaction():
            regulations.load_figures()
            staff = make_staff()
            officers = make_opening_officers(staff.centre)
            paper = make_sealed_for(staff, officers)
            sitting = make_waiting_sitting(paper)
            found = paper.code, sitting.code, [each.id for each in officers]
        with instances.process_of("exam", url, folder) as app:
            yield app, *found


def at_once(app, paper_code, sitting_code, *givers):
    """Have each of some officers (id, passphrase) give a share at the same moment; what came of it."""
    barrier, results = threading.Barrier(len(givers)), []

    def give(person_id, passphrase):
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    paper = db.session.scalars(select(Paper).where(Paper.code == paper_code)).one()
                    person = db.session.get_one(Person, person_id)
                    results.append(papers.give_share(paper, sitting_code, passphrase, by=person))
            except Conflict:
                results.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=give, args=giver) for giver in givers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return sorted(str(result) for result in results)


def number_of(kind):
    return len(db.session.scalars(select(Entry.id).where(Entry.kind == kind)).all())


def test_two_officers_at_once_open_the_paper_once(place):
    app, paper, sitting, ids = place

    results = at_once(app, paper, sitting, (ids[0], passphrase_of(0)), (ids[1], passphrase_of(1)))

    assert results == ["False", "True"]
    assert papers.is_ready(paper)
    assert (number_of("paper.share_given"), number_of("paper.opened_by_two")) == (1, 1)


def test_three_officers_at_once_open_it_once_and_the_third_is_told(place):
    app, paper, sitting, ids = place

    results = at_once(app, paper, sitting, *((each, passphrase_of(n)) for n, each in enumerate(ids)))

    assert results == ["False", "True", "refused"]
    assert number_of("paper.opened_by_two") == 1


def test_one_officer_from_two_browsers_gives_one_share(place):
    app, paper, sitting, ids = place

    results = at_once(app, paper, sitting, (ids[0], passphrase_of(0)), (ids[0], passphrase_of(0)))

    assert results == ["False", "refused"]
    assert not papers.is_ready(paper)
    assert len(db.session.scalars(select(FirstShare)).all()) == 1
