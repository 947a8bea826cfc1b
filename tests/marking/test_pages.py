"""The pages of marking: what waits, who is refused and why, and what a candidate sees of their own."""

from datetime import timedelta

import pytest

from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.marking import Marked
from tests.factories.people import make_account, make_officer, make_organisation
from tests.worlds import built_once
from trainhub.exams.delivery import HaltKind, get_halt, halt
from trainhub.exams.marking import mark_sitting, publish_results, results_of
from trainhub.exams.sittings.models import Candidate, SittingState
from trainhub.exams.sittings.objections import raise_objection
from trainhub.governance.duties import record_grant
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.pages import local_time
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty


@pytest.fixture
@built_once
def story(app):
    return Marked(app, right=(10, 8, 7))


def be(client, person_id):
    client.sign_in(db.session.get_one(Person, person_id))


def work():
    db.session.rollback()
    jobs.run_pending()
    db.session.rollback()


def test_the_marker_marks_and_another_publishes_over_the_pages(client, story):
    be(client, story.marker_id)
    address = f"/exam/marking/{story.code}"
    assert story.code in client.get("/exam/marking/").text
    assert client.post(f"{address}/publish").status_code == 403
    assert client.post(f"{address}/mark").status_code == 302
    work()
    again = client.post(f"{address}/mark")
    assert again.status_code == 409
    # The reason stands on the page of the button, not on a bare one.
    assert "error-summary" in again.text and f"{address}/results/" in again.text
    be(client, story.publisher_id)
    assert f'action="{address}/publish"' in client.get(address).text
    assert client.post(f"{address}/publish").status_code == 302
    work()
    assert f'action="{address}/publish"' not in client.get(address).text


def test_who_marked_is_refused_to_publish_with_the_rule(client, story):
    with transaction():
        both = make_officer(Duty.MARK, story.sitting.organisation)
        day = clock.today()
        record_grant(both, Duty.PUBLISH_RESULTS, story.sitting.organisation, day, day, by=None)
        both_id = both.id
    mark_sitting(story.code, both_id)
    be(client, both_id)
    answer = client.post(f"/exam/marking/{story.code}/publish")
    assert answer.status_code == 409
    assert "S-13" in answer.text


def test_the_button_is_gone_while_only_an_objection_keeps_something_back(client, story):
    mark_sitting(story.code, story.marker_id)
    with transaction():
        raise_objection(results_of(story.sitting)[0].candidate, "not_sat", "", "", channel="link")
    publish_results(story.code, story.publisher_id)
    be(client, story.publisher_id)
    page = client.get(f"/exam/marking/{story.code}").text
    assert f'action="/exam/marking/{story.code}/publish"' not in page


def test_a_sitting_of_another_centre_is_not_found(client, story):
    other = make_officer(Duty.MARK, make_organisation(OrganisationKind.EXAM_CENTRE)).id
    db.session.commit()
    be(client, other)
    for path in (f"/exam/marking/{story.code}", f"/exam/marking/{story.code}/results/none"):
        assert client.get(path).status_code == 404
    assert client.post(f"/exam/marking/{story.code}/mark").status_code == 404


def test_a_candidate_sees_their_own_result_once_it_is_published_and_nobody_elses(client, story):
    mark_sitting(story.code, story.marker_id)
    with transaction():
        own, other = results_of(story.sitting)[:2]
        make_account(own.person)
        own_id, code = own.person_id, own.candidate.code
    be(client, own_id)
    assert "100" not in client.get("/exam/my").text
    publish_results(story.code, story.publisher_id)
    page = client.get("/exam/my").text
    assert "100" in page
    assert client.get(f"/exam/marking/{story.code}/results/{code}").status_code == 403
    be(client, story.marker_id)
    assert client.get(f"/exam/marking/{story.code}/results/{code}").status_code == 200
    assert other.person_id != own_id


def test_a_candidate_reads_the_ticket_number_that_the_machine_will_ask_for_once_seated(client):
    sitting = make_seated_sitting(state=SittingState.ARRANGED)
    candidate = make_seated_candidate(sitting, 1)
    ticket, person = candidate.ticket_number, candidate.person
    make_account(person)
    be(client, person.id)

    assert ticket in client.get("/exam/my").text
    candidate = db.session.query(Candidate).filter_by(ticket_number=ticket).one()
    candidate.seat_number = candidate.sitting_room_id = None
    db.session.commit()
    assert ticket not in client.get("/exam/my").text


def test_a_candidate_of_a_sitting_that_goes_on_another_day_is_told_when_and_keeps_it_in_sight(client):
    sitting = make_seated_sitting(state=SittingState.OPEN)
    candidate = make_seated_candidate(sitting, 1)
    make_account(candidate.person)
    ticket, person_id, by = candidate.ticket_number, candidate.person_id, sitting.planned_by
    later = clock.now() + timedelta(days=1)
    code = halt(sitting, HaltKind.SUSPENSION, "火警疏散", resumes_at=later, by=by).code
    db.session.commit()

    with clock.set_to(later - timedelta(hours=1)):
        be(client, person_id)
        page, home = client.get("/exam/my").text, client.get("/home/exam").text
    with clock.set_to(later), transaction():
        get_halt(sitting, code).ended_at = clock.now()
    with clock.set_to(later + timedelta(minutes=1)):
        again = client.get("/exam/my").text

    assert f"定于 {local_time(later)} 续考" in page and "考试已中止" in home
    assert ticket in again and "续考" not in again
