"""Organisations are renamed, bought and merged: the rows still meet, and what S-03 forbids is refused."""

from __future__ import annotations

import pytest

from tests.factories.people import make_id_number, make_officer, make_organisation, make_person
from tests.factories.separation import hold, state_class, state_sitting
from trainhub import separation
from trainhub.governance import organisations
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, Refused
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind as Kind
from trainhub.separation.duties import Duty
from trainhub.separation.models import OrganisationRelation
from trainhub.separation.stating import standing


@pytest.fixture
def security(app):
    return make_officer(Duty.ADMINISTER_SECURITY, make_organisation(Kind.AUTHORITY))


def kinds():
    return [entry.kind for entry in db.session.query(Entry).order_by(Entry.id)]


def invigilates(person, code):
    hold(person, Duty.INVIGILATE)
    separation.relations.state_appointed(person, code, Duty.INVIGILATE, by=None)


def colleague_of(school):
    """Somebody who works for a school."""
    person = make_person()
    today = clock.today()
    separation.relations.state_employed(person, school, today, by=None, source="test")
    return person


def candidate_of(school):
    """A sitting with a candidate who learned at a school."""
    learner, code = make_person(), state_sitting()
    separation.relations.state_registered(learner, code, training_body=school, by=None)
    return code


def test_a_school_renamed_is_the_same_school(security):
    school = make_organisation(Kind.TRAINING_BODY)
    person, code = colleague_of(school), candidate_of(school)
    before = school.name
    organisations.rename(school, " 海川市安泰 安全培训中心 ", by=security)
    assert school.name == "海川市安泰 安全培训中心" != before
    with pytest.raises(Refused) as refusal:
        invigilates(person, code)
    assert refusal.value.rule.id == "S-09"
    assert kinds().count("organisation.renamed") == 1
    for name in ("", "名" * 121):
        with pytest.raises(Invalid):
            organisations.rename(school, name, by=security)


@pytest.mark.parametrize("first", ["merger", "conflict"])
def test_a_school_merged_into_another_is_the_other(security, first):
    school, other = make_organisation(Kind.TRAINING_BODY), make_organisation(Kind.TRAINING_BODY)
    if first == "merger":
        organisations.merge(school, other, by=security)
    person, code = colleague_of(school), candidate_of(other)
    if first == "conflict":
        invigilates(person, code)
        organisations.merge(school, other, by=security)
        assert "S-09" in {each.rule.id for each in separation.audit().violations}
    else:
        with pytest.raises(Refused) as refusal:
            invigilates(person, code)
        assert refusal.value.rule.id == "S-09"
    assert "organisation.merged" in kinds()
    assert organisations.merged_into([school.code]) == {school.code: other.code}


def test_a_merged_organisation_changes_no_more(security):
    school, other = make_organisation(Kind.TRAINING_BODY), make_organisation(Kind.TRAINING_BODY)
    organisations.merge(school, other, by=security)
    for deed in (
        lambda: organisations.rename(school, "新名", by=security),
        lambda: organisations.name_responsible(school, "张伟", make_id_number(), by=security),
        lambda: organisations.state_owner(school, other, by=security),
        lambda: organisations.merge(school, make_organisation(Kind.TRAINING_BODY), by=security),
        lambda: organisations.merge(other, school, by=security),
        lambda: organisations.merge(other, other, by=security),
        lambda: organisations.state_owner(other, other, by=security),
    ):
        with pytest.raises(Conflict):
            deed()


def test_a_school_and_a_site_are_not_merged_in_either_direction(security):
    school, site = make_organisation(Kind.TRAINING_BODY), make_organisation(Kind.EXAM_SITE)
    for one, other in ((school, site), (site, school)):
        with pytest.raises(Refused) as refusal:
            organisations.merge(one, other, by=security)
        assert refusal.value.rule.id == "S-03"
    with pytest.raises(Conflict):
        organisations.merge(school, make_organisation(Kind.AUTHORITY), by=security)


def test_an_enterprise_that_takes_over_a_school_trains_from_now_on(security):
    school, company, site = (
        make_organisation(kind) for kind in (Kind.TRAINING_BODY, Kind.ENTERPRISE, Kind.EXAM_SITE)
    )
    organisations.merge(school, company, by=security)
    assert company.kind == Kind.TRAINING_BODY
    organisations.rename(company, "华丰教育集团", by=security)
    (row,) = standing(OrganisationRelation, organisation_code=company.code)
    assert row.kind == Kind.TRAINING_BODY
    with pytest.raises(Refused) as refusal:
        organisations.state_owner(site, company, by=security)
    assert refusal.value.rule.id == "S-03"


def test_an_enterprise_that_owns_a_site_takes_over_no_school(security):
    school, company, site = (
        make_organisation(kind) for kind in (Kind.TRAINING_BODY, Kind.ENTERPRISE, Kind.EXAM_SITE)
    )
    organisations.state_owner(site, company, by=security)
    with pytest.raises(Refused) as refusal:
        organisations.merge(school, company, by=security)
    assert refusal.value.rule.id == "S-03"
    db.session.rollback()


def test_a_site_bought_by_a_school_through_two_shell_companies_is_refused(security):
    school, site = make_organisation(Kind.TRAINING_BODY), make_organisation(Kind.EXAM_SITE)
    shell, further = make_organisation(), make_organisation()
    organisations.state_owner(site, shell, by=security)
    organisations.state_owner(further, school, by=security)
    with pytest.raises(Refused) as refusal:
        organisations.state_owner(shell, further, by=security)
    assert refusal.value.rule.id == "S-03"
    assert organisations.owners_of(shell) == []
    assert organisations.owned_by(shell) == [site]


def test_shell_companies_that_are_merged_close_the_chain_too(security):
    school, site = make_organisation(Kind.TRAINING_BODY), make_organisation(Kind.EXAM_SITE)
    shell, further = make_organisation(), make_organisation()
    organisations.state_owner(site, shell, by=security)
    organisations.state_owner(further, school, by=security)
    with pytest.raises(Refused) as refusal:
        organisations.merge(shell, further, by=security)
    assert refusal.value.rule.id == "S-03"


def test_an_owner_that_sold_is_no_owner_any_more(security):
    school, site = make_organisation(Kind.TRAINING_BODY), make_organisation(Kind.EXAM_SITE)
    shell = make_organisation()
    organisations.state_owner(site, shell, by=security)
    with pytest.raises(Conflict):
        organisations.state_owner(site, shell, by=security)
    organisations.end_owner(site, shell, by=security)
    with pytest.raises(Conflict):
        organisations.end_owner(site, shell, by=security)
    organisations.state_owner(shell, school, by=security)
    assert [kind for kind in kinds() if ".owner." in kind] == [
        "organisation.owner.stated",
        "organisation.owner.ended",
        "organisation.owner.stated",
    ]


def test_one_person_does_not_answer_for_a_school_and_a_site(security):
    school, site = make_organisation(Kind.TRAINING_BODY), make_organisation(Kind.EXAM_SITE)
    number = make_id_number()
    organisations.name_responsible(school, "张伟", number, by=security)
    with pytest.raises(Refused) as refusal:
        organisations.name_responsible(site, "张伟", number, by=security)
    assert refusal.value.rule.id == "S-03"
    db.session.rollback()


def test_a_responsible_person_goes_with_the_merged_organisation(security):
    school, other, site = (
        make_organisation(kind) for kind in (Kind.TRAINING_BODY, Kind.TRAINING_BODY, Kind.EXAM_SITE)
    )
    number = make_id_number()
    organisations.name_responsible(school, "张伟", number, by=security)
    organisations.merge(school, other, by=security)
    assert school.responsible_person_id is None
    organisations.name_responsible(site, "张伟", number, by=security)
    organisations.name_responsible(site, "", "", by=security)
    assert site.responsible_person_id is None
    with pytest.raises(Invalid):
        organisations.name_responsible(other, "张伟", "", by=security)
    assert not [each for each in separation.audit().violations if each.rule.id == "S-03"]


@pytest.mark.parametrize("duty", [Duty.ADMINISTER_SYSTEM, Duty.AUDIT, Duty.MANAGE_SITES])
def test_nobody_but_the_security_administrator_changes_organisations(security, duty):
    by, one, other = make_officer(duty), make_organisation(), make_organisation()
    for deed in (
        lambda: organisations.rename(one, "新名", by=by),
        lambda: organisations.name_responsible(one, "张伟", make_id_number(), by=by),
        lambda: organisations.state_owner(one, other, by=by),
        lambda: organisations.end_owner(one, other, by=by),
        lambda: organisations.merge(one, other, by=by),
    ):
        with pytest.raises(Forbidden):
            deed()


def test_classes_of_a_merged_school_are_those_of_the_other(security):
    school, other, learner = (
        make_organisation(Kind.TRAINING_BODY),
        make_organisation(Kind.TRAINING_BODY),
        make_person(),
    )
    code = state_class(make_person(), [learner], organisation=school)
    organisations.merge(school, other, by=security)
    assert separation.relations.has_attended(learner, code, school)
    assert separation.relations.has_attended(learner, code, other)
