"""A question that one centre found wrong: others that set it are told, and its other versions are named."""

import pytest
from sqlalchemy import select, update

from tests.factories.marking import Marked
from tests.factories.people import make_officer, make_organisation
from tests.marking.test_key_changes import WHY, Story
from tests.worlds import built_once
from trainhub.exams.marking import (
    KeyChange,
    Mark,
    Wanted,
    approve_key_change,
    mark_sitting,
    propose_key_change,
)
from trainhub.exams.marking.work import open_work
from trainhub.kernel.db import db, transaction
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty

KEPT = "item_code item_version kind to_version reason_sealed basis_sealed state proposed_by_id".split()
KEPT += ["proposed_at", "decided_by_id", "decided_at"]


class TwoCentres(Story):
    """A centre that finds a question wrong, and another that set the same paper."""

    def __init__(self, app):
        super().__init__(app)
        self.other = Marked(app, right=(9, 9))


@pytest.fixture
@built_once
def two(app):
    return TwoCentres(app)


def tasks(app, person_id):
    with app.test_request_context():
        found = open_work(db.session.get_one(Person, person_id), frozenset({Duty.MARK}))
        return [task.url for task in found if "/exam/statistics/" in task.url]


def test_another_centre_with_the_same_paper_is_told_until_it_decides_for_its_own_candidates(app, client, two):
    other = two.other
    mark_sitting(other.code, other.marker_id)
    assert tasks(app, other.marker_id) == []
    two.approve(two.propose())

    place = f"/exam/statistics/{other.code}/I-10"
    assert tasks(app, other.marker_id) == [f"{place}#wrong"]
    assert tasks(app, two.marker_id) == []
    client.sign_in(db.session.get_one(Person, other.marker_id))
    page = client.get(place).text
    assert "其他考试机构已就下列试题" in page
    assert "标准修订后答案有误" not in page

    form = {
        "item": "I-10",
        "version": "1",
        "kind": "void",
        "reason": "与另一机构相同",
        "basis": "复核记录 7 号",
    }
    assert client.post(f"/exam/marking/{other.code}/key-changes", data=form).status_code == 302
    assert tasks(app, other.marker_id) == []


def test_what_a_centre_decides_after_the_other_settles_it_though_it_was_proposed_before(app, two):
    other = two.other
    mark_sitting(other.code, other.marker_id)
    with transaction():
        second = make_officer(Duty.MARK, other.sitting.organisation)
        void = Wanted("I-10", 1, None, *WHY)
        own = propose_key_change(other.sitting.organisation, void, by=other.person(other.marker_id))
        code, second_id = own.code, second.id
    two.approve(two.propose())
    with transaction():
        # The other centre let a later version count; here two people void the question.
        theirs = KeyChange.organisation_id == two.sitting.organisation_id
        db.session.execute(update(KeyChange).where(theirs).values(kind="rekey", to_version=2))
    assert len(tasks(app, other.marker_id)) == 1
    db.session.rollback()
    approve_key_change(code, second_id)
    assert tasks(app, other.marker_id) == []


def test_a_question_that_several_centres_found_wrong_is_one_task(app, two):
    other = two.other
    mark_sitting(other.code, other.marker_id)
    two.approve(two.propose())
    with transaction():
        (change,) = db.session.scalars(select(KeyChange))
        third = make_organisation(OrganisationKind.EXAM_CENTRE)
        facts = {name: getattr(change, name) for name in KEPT}
        db.session.add(KeyChange(organisation_id=third.id, **facts))
    assert len(tasks(app, other.marker_id)) == 1


def test_before_its_marking_too_the_other_centre_reads_what_was_settled(client, two):
    two.approve(two.propose())
    client.sign_in(db.session.get_one(Person, two.other.marker_id))
    page = client.get(f"/exam/marking/{two.other.code}").text
    assert "其他考试机构已就下列试题" in page
    client.sign_in(db.session.get_one(Person, two.marker_id))
    assert "其他考试机构已就下列试题" not in client.get(f"/exam/marking/{two.code}").text


def test_a_change_leads_to_other_versions_of_the_question_that_were_set(app, client, two):
    two.approve(two.propose())
    with transaction():
        newer = Mark.item_code == "I-9"
        db.session.execute(update(Mark).where(newer).values(item_code="I-10", item_version=2))
    code = db.session.query(KeyChange.code).scalar()
    client.sign_in(db.session.get_one(Person, two.marker_id))
    page = client.get(f"/exam/marking/key-changes/{code}").text
    assert "此题的其他版本" in page
    assert f'href="/exam/statistics/{two.code}/I-10"' in page
