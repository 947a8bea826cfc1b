"""Two who decide about one case at once, on PostgreSQL: the second is judged by what the first has left."""

import threading

import pytest

from tests.factories.cases import Authority
from tests.on_postgres import application_on_postgres
from trainhub.cases import approving, drafting
from trainhub.cases.models import CaseState, VersionState
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.people.persons import get_person

pytestmark = pytest.mark.postgres


@pytest.fixture
def app(tmp_path):
    """An application on a PostgreSQL database of its own."""
    with application_on_postgres(tmp_path) as application:
        yield application


class Corrected:
    """A published case whose correction waits for approval."""

    def __init__(self):
        with transaction():
            authority = Authority()
            case = authority.publish()
            drafting.begin_correction(case, by=authority.drafter)
            drafting.submit(case, by=authority.drafter)
            self.code = case.code
            self.drafter_id, self.approver_id = authority.drafter.id, authority.approver.id


def approve(case, story):
    approving.approve(case, by=get_person(story.approver_id))


def send_back(case, story):
    approving.send_back(case, "缺少整改措施", by=get_person(story.approver_id))


def withdraw(case, story):
    approving.withdraw(case, "调查结论已变更", by=get_person(story.approver_id))


@pytest.mark.parametrize(
    ("first", "second"), [(withdraw, approve), (withdraw, send_back), (approve, approve)]
)
def test_who_has_read_the_case_before_another_decided_is_refused(app, first, second):
    story = Corrected()

    def decide():
        with app.app_context(), transaction():
            first(drafting.get_case(story.code), story)

    with pytest.raises(Conflict), transaction():
        case = drafting.get_case(story.code)
        assert case.in_work.state == VersionState.IN_REVIEW
        other = threading.Thread(target=decide)
        other.start()
        other.join()
        second(case, story)
    db.session.rollback()
    states = [version.state for version in drafting.get_case(story.code).versions]
    expected = CaseState.WITHDRAWN if first is withdraw else CaseState.PUBLISHED
    assert drafting.get_case(story.code).state == expected
    assert VersionState.IN_REVIEW not in states and VersionState.DRAFT not in states
