"""Opening officers with their keys, papers sealed for them, sittings that wait for one."""

from datetime import timedelta

from tests.factories.bank import make_paper
from tests.factories.delivery import make_seated_sitting
from tests.factories.people import make_officer
from trainhub.exams import papers
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.separation.duties import Duty


def passphrase_of(number):
    """The passphrase of the officer with a number, from 0."""
    return f"correct horse number {number}"


def make_opening_officers(centre, number=3):
    """Opening officers of a centre, each with a key."""
    officers = [make_officer(Duty.OPEN_PAPERS, centre) for _each in range(number)]
    for place, officer in enumerate(officers):
        papers.make_key(passphrase_of(place), by=officer)
    return officers


def make_sealed_for(staff, officers, bank=None):
    """A paper of eight questions of whose key some officers hold shares."""
    paper = make_paper(staff, bank)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, "好卷", by=staff.paper_reviewer)
    papers.seal_paper(paper, officers, by=staff.paper_reviewer)
    db.session.flush()
    return paper


def make_waiting_sitting(paper, *, minutes_to_start=10):
    """A sitting, open for entry, that begins in some minutes with a paper."""
    sitting = make_seated_sitting(paper_code=paper.code)
    sitting.starts_at = clock.now() + timedelta(minutes=minutes_to_start)
    db.session.flush()
    return sitting
