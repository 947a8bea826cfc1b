"""What stands in for a missing training record is laid by one person and decided on by another."""

import pytest
from sqlalchemy import select

from tests.factories.sittings import make_candidate, make_sitting
from tests.worlds import built_once
from trainhub.exams.sittings.evidence import decide_evidence, propose_evidence
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.i18n import in_language
from trainhub.ledger import Entry


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


@pytest.fixture
@built_once
def candidate(house):
    """A candidate whose eligibility is open."""
    with transaction():
        return make_candidate(make_sitting(house.centre, house.by), house.by)


def lay(candidate, house):
    with transaction():
        return propose_evidence([candidate], "paper_record", "培训台账原件，存档案室", by=house.by)[0]


def test_accepted_evidence_makes_eligible_and_leaves_a_trail(house, candidate):
    evidence = lay(candidate, house)
    with transaction():
        decide_evidence(evidence, True, "原件已核对", by=house.second)
    assert candidate.eligibility == "accepted_evidence"
    assert candidate.eligibility_facts["kind"] == "paper_record"
    kinds = set(db.session.scalars(select(Entry.kind)))
    assert {"candidate.evidence.proposed", "candidate.evidence.accepted"} <= kinds


def test_who_laid_evidence_does_not_decide_on_it(house, candidate):
    evidence = lay(candidate, house)
    with pytest.raises(Forbidden, match="two persons"), transaction():
        decide_evidence(evidence, True, "原件已核对", by=house.by)
    assert candidate.eligibility == "pending"


def test_declined_evidence_changes_nothing_and_new_evidence_may_be_laid(house, candidate):
    evidence = lay(candidate, house)
    with transaction():
        decide_evidence(evidence, False, "印章不清", by=house.second)
    assert candidate.eligibility == "pending"
    assert lay(candidate, house).state == "proposed"


def test_evidence_is_decided_once_and_with_a_reason(house, candidate):
    evidence = lay(candidate, house)
    with pytest.raises(Invalid, match="reason"), transaction():
        decide_evidence(evidence, True, "", by=house.second)
    with transaction():
        decide_evidence(evidence, True, "原件已核对", by=house.second)
    with pytest.raises(Conflict, match="already"), transaction():
        decide_evidence(evidence, False, "又变卦了", by=house.second)


def test_evidence_is_not_laid_twice_nor_for_who_is_eligible(house, candidate):
    evidence = lay(candidate, house)
    with pytest.raises(Conflict, match="waits"):
        lay(candidate, house)
    with transaction():
        decide_evidence(evidence, True, "原件已核对", by=house.second)
    with pytest.raises(Conflict, match="settled"):
        lay(candidate, house)
