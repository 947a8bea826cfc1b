"""Overriding a rule: two people, a reason, one rule and person and object, and a trace for ever."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from tests.factories.people import make_officer, make_organisation, make_person
from tests.factories.separation import hold, state_class, state_sitting
from trainhub import separation
from trainhub.cli import main
from trainhub.governance import overrides
from trainhub.governance.models import Override, OverrideState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind
from trainhub.people.persons import record_person
from trainhub.separation.duties import Duty
from trainhub.separation.models import Overridden
from trainhub.separation.rules import SourceKind

REASON = "偏远海岛考点，当日无其他监考员可派，已加派巡考员全程督查。"


class Case:
    """Two supervisors, a teacher, and a sitting with a candidate whom the teacher taught."""

    def __init__(self):
        self.authority = make_organisation(OrganisationKind.AUTHORITY)
        self.one, self.two = (make_officer(Duty.SUPERVISE, self.authority) for _ in range(2))
        self.code, self.learner, self.teacher = state_sitting(), make_person(), make_person()
        separation.relations.state_registered(self.learner, self.code, by=None)
        state_class(self.teacher, [self.learner])
        hold(self.teacher, Duty.INVIGILATE)

    def propose(self, by=None, rule="S-07", person=None, code=None):
        return overrides.propose(rule, person or self.teacher, code or self.code, REASON, by=by or self.one)

    def override(self):
        row = self.propose()
        return overrides.approve(row.code, by=self.two)

    def appoint(self, person=None, code=None):
        who = person or self.teacher
        separation.relations.state_appointed(who, code or self.code, Duty.INVIGILATE, by=None)

    def is_refused(self, person=None, code=None):
        found = separation.check(
            separation.Appointed(
                person_id=(person or self.teacher).id,
                sitting_code=code or self.code,
                duty=Duty.INVIGILATE,
                starts_on=clock.today(),
            )
        )
        return "S-07" in {each.rule.id for each in found}


@pytest.fixture
def case(app):
    return Case()


def kinds():
    return [entry.kind for entry in db.session.query(Entry).order_by(Entry.id)]


def test_without_an_override_the_rule_refuses(case):
    with pytest.raises(Refused):
        case.appoint()


def test_one_person_alone_cannot_override(case):
    row = case.propose()
    assert case.is_refused()
    with pytest.raises(Forbidden, match="另一人"):
        overrides.approve(row.code, by=case.one)
    with pytest.raises(Forbidden):
        overrides.refuse(row.code, by=case.one)
    assert case.is_refused()
    assert db.session.query(Overridden).count() == 0


def test_two_people_let_pass_exactly_one_rule_one_person_and_one_object(case):
    other_sitting, other_teacher = state_sitting(days=9), make_person()
    separation.relations.state_registered(case.learner, other_sitting, by=None)
    state_class(other_teacher, [case.learner])
    hold(other_teacher, Duty.INVIGILATE)
    case.override()
    assert not case.is_refused()
    assert case.is_refused(code=other_sitting)
    assert case.is_refused(person=other_teacher)
    case.appoint()
    with pytest.raises(Refused):
        case.appoint(code=other_sitting)
    separation.relations.state_registered(case.teacher, other_sitting, by=None)
    row = case.propose(code=other_sitting)
    overrides.approve(row.code, by=case.two)
    with pytest.raises(Refused) as refusal:
        case.appoint(code=other_sitting)
    assert refusal.value.rule.id == "S-08", "an override of one rule says nothing about another"


def test_what_was_let_pass_stands_apart_in_the_audit(case):
    case.override()
    case.appoint()
    report = separation.audit(sitting=case.code)
    assert "S-07" not in {each.rule.id for each in report.violations}
    assert [(each.rule.id, each.person) for each in report.overridden] == [("S-07", case.teacher.id)]
    plain = report.as_json()
    assert [each["rule"] for each in plain["overridden"]] == ["S-07"]


def test_opening_a_sitting_heeds_what_was_let_pass_and_what_was_not(case):
    case.override()
    case.appoint()
    found = {each.rule.id for each in separation.violations_of_sitting(case.code)}
    assert "S-07" not in found
    overrides.withdraw(overrides.concerning(case.code)[0].code, by=case.two)
    assert "S-07" in {each.rule.id for each in separation.violations_of_sitting(case.code)}


def test_an_override_goes_with_the_record_that_stands_for_the_person(case):
    second = record_person("第二份档案", by=None)
    hold(second, Duty.INVIGILATE)
    row = case.propose(person=second)
    overrides.approve(row.code, by=case.two)
    assert case.is_refused()
    separation.relations.join_persons(second, case.teacher, by=None, source="test")
    assert not case.is_refused(), "it was let pass for this human being"
    with pytest.raises(Conflict):
        case.propose()
    overrides.withdraw(row.code, by=case.one)
    assert case.is_refused()


def test_the_command_line_tells_what_was_let_pass_apart_from_what_is_violated(app, case, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(app.config["SETTINGS"].instance))
    case.override()
    case.appoint()
    db.session.commit()
    told = CliRunner().invoke(main, ["separation", "audit"], catch_exceptions=False)
    (line,) = [line for line in told.stdout.splitlines() if "S-07" in line]
    assert line.startswith("let pass by two of the oversight side: S-07")
    assert ", 1 more let pass." in told.stdout.splitlines()[-1]
    plain = CliRunner().invoke(main, ["separation", "audit", "--json"], catch_exceptions=False)
    report = json.loads(plain.stdout.splitlines()[-1])
    assert "S-07" not in {each["rule"] for each in report["violations"]}
    assert [(each["rule"], each["object"]) for each in report["overridden"]] == [("S-07", case.code)]


def test_a_withdrawn_override_refuses_again_and_shows_at_the_earlier_moment_for_ever(case):
    now = clock.now()
    with clock.set_to(now):
        row = case.override()
        case.appoint()
    with clock.set_to(now + timedelta(hours=1)):
        overrides.withdraw(row.code, by=case.one)
    with clock.set_to(now + timedelta(hours=2)):
        assert case.is_refused()
        report = separation.audit(sitting=case.code)
        assert "S-07" in {each.rule.id for each in report.violations} and report.overridden == ()
        earlier = separation.audit(sitting=case.code, at=now + timedelta(minutes=30))
        assert "S-07" not in {each.rule.id for each in earlier.violations}
        assert [each.rule.id for each in earlier.overridden] == ["S-07"]
    assert [each.code for each in overrides.concerning(case.code)] == [row.code]
    assert row.state == OverrideState.WITHDRAWN and row.decided_by_id == case.two.id
    assert [kind for kind in kinds() if kind.startswith("override.")] == [
        "override.proposed",
        "override.approved",
        "override.withdrawn",
    ]


def test_a_proposal_taken_back_or_refused_is_not_approved_later(case):
    taken_back, refused = case.propose(), case.propose(rule="S-09")
    overrides.withdraw(taken_back.code, by=case.one)
    overrides.refuse(refused.code, by=case.two)
    for row in (taken_back, refused):
        with pytest.raises(Conflict):
            overrides.approve(row.code, by=case.two)
        with pytest.raises(Conflict):
            overrides.withdraw(row.code, by=case.two)
    assert db.session.query(Overridden).count() == 0
    assert case.propose().code != taken_back.code


def test_an_override_is_approved_once(case):
    row = case.override()
    with pytest.raises(Conflict):
        overrides.approve(row.code, by=case.two)
    with pytest.raises(Conflict):
        overrides.refuse(row.code, by=case.two)
    with pytest.raises(Conflict):
        case.propose(by=case.two)


def test_nobody_overrides_a_rule_for_themself(case):
    with pytest.raises(Forbidden):
        case.propose(person=case.one)
    row = case.propose(person=case.two)
    for deed in (overrides.approve, overrides.refuse, overrides.withdraw):
        with pytest.raises(Forbidden):
            deed(row.code, by=case.two)


def test_a_second_record_of_the_proposer_or_of_the_person_concerned_is_no_second_person(case):
    separation.relations.join_persons(case.two, case.one, by=None, source="test")
    row = case.propose()
    with pytest.raises(Forbidden):
        overrides.approve(row.code, by=case.two)
    third = make_officer(Duty.SUPERVISE, case.authority)
    separation.relations.join_persons(third, case.teacher, by=None, source="test")
    with pytest.raises(Forbidden):
        overrides.approve(row.code, by=third)


@pytest.mark.parametrize("rule", separation.RULES, ids=lambda rule: rule.id)
def test_law_four_eyes_and_the_three_administrators_are_never_overridden(case, rule):
    never = {"S-02", "S-03", "S-11", "S-12", "S-13", "S-14", "S-15", "S-21", "S-24"}
    assert rule.may_be_overridden is (rule.id not in never)
    assert not (rule.source.kind is SourceKind.LAW and rule.may_be_overridden)
    if rule.may_be_overridden:
        assert case.propose(rule=rule.id).state == OverrideState.PROPOSED
    else:
        with pytest.raises(Invalid):
            case.propose(rule=rule.id)


def test_a_row_that_pretends_to_override_the_law_does_not(case):
    body = make_organisation(OrganisationKind.TRAINING_BODY)
    facts = {"rule": "S-03", "person_id": case.teacher.id, "object_code": body.code, "side": "core"}
    db.session.add(Overridden(**facts, starts_on=clock.today(), source="by hand", void=False))
    with pytest.raises(Refused) as refusal:
        separation.relations.state_granted(case.teacher, Duty.INVIGILATE, body, clock.today(), None, by=None)
    assert refusal.value.rule.id == "S-03"


@pytest.mark.parametrize("duty", [duty for duty in Duty if duty is not Duty.SUPERVISE])
def test_no_other_duty_overrides_anything(case, duty):
    row = case.propose()
    other = make_officer(duty, case.authority)
    for deed in (overrides.approve, overrides.refuse, overrides.withdraw):
        with pytest.raises(Forbidden):
            deed(row.code, by=other)
    with pytest.raises(Forbidden):
        case.propose(by=other, rule="S-09")


@pytest.mark.parametrize(
    ("rule", "code", "reason"),
    [("S-99", "SIT", REASON), ("S-07", " ", REASON), ("S-07", "S" * 81, REASON), ("S-07", "SIT", "因为")],
)
def test_rule_object_and_reason_are_needed(case, rule, code, reason):
    with pytest.raises(Invalid):
        overrides.propose(rule, case.teacher, code, reason, by=case.one)
    with pytest.raises(NotFound):
        overrides.approve("NONE", by=case.one)


def test_the_ledger_holds_neither_names_nor_the_words_of_the_reason(case):
    case.override()
    bodies = [entry.body for entry in db.session.query(Entry) if entry.kind.startswith("override.")]
    assert bodies and all(REASON not in body and case.teacher.name not in body for body in bodies)
    assert json.loads(bodies[0])["facts"]["rule"] == "S-07"
    assert db.session.query(Override).one().reason == REASON
