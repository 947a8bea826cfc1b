"""The pages of overrides: proposed from a refusal, decided by another, read by the auditor."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.factories.people import make_officer, make_organisation, make_person
from tests.factories.separation import hold, state_class, state_sitting
from trainhub import create_app, separation
from trainhub.config import Side
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Refused
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty
from trainhub.separation.refusals import record_refusal, unseen

REASON = "海岛考点，当日无其他监考员可派，已加派巡考员。"


class Case:
    """A refused appointment, two supervisors and an auditor, by their ids."""

    def __init__(self, client):
        self.client = client
        authority = make_organisation(OrganisationKind.AUTHORITY)
        self.one, self.two = (make_officer(Duty.SUPERVISE, authority).id for _ in range(2))
        self.auditor = make_officer(Duty.AUDIT, authority).id
        self.code, learner, teacher = state_sitting(), make_person(), make_person()
        self.teacher, self.name = teacher.id, teacher.name
        separation.relations.state_registered(learner, self.code, by=None)
        state_class(teacher, [learner])
        hold(teacher, Duty.INVIGILATE)
        db.session.commit()
        with pytest.raises(Refused) as refusal, transaction():
            separation.relations.state_appointed(self.teacher, self.code, Duty.INVIGILATE, by=None)
        record_refusal(refusal.value)
        (self.number,) = unseen()
        db.session.rollback()

    def be(self, person_id):
        self.client.sign_in(db.session.get_one(Person, person_id))

    def propose(self):
        self.be(self.one)
        form = {"rule": "S-07", "person": self.teacher, "object_code": self.code, "reason": REASON}
        answer = self.client.post("/oversight/overrides/new", data=form)
        assert answer.status_code == 302
        return answer.headers["Location"]


@pytest.fixture
def case(client):
    return Case(client)


def test_a_proposal_begins_at_the_refusal_with_everything_filled_in(case):
    case.be(case.one)
    refusal = case.client.get(f"/oversight/refusals/{case.number}").text
    (link,) = re.findall(r'href="(/oversight/overrides/new\?[^"]+)"', refusal)
    assert "/oversight/relations" not in refusal, "the register is the auditor's"
    page = case.client.get(link.replace("&amp;", "&")).text
    assert case.teacher in page and case.code in page and case.name in page
    assert re.search(r'<option selected value="S-07"', page)
    assert "S-03" not in page, "law is not offered"


def test_another_supervisor_finds_it_among_the_tasks_approves_it_and_everybody_reads_it(case):
    address = case.propose()
    assert "决定规则豁免申请" not in case.client.get("/home/oversight").text
    assert "/approve" not in case.client.get(address).text
    assert case.client.post(address + "/approve").status_code == 403
    case.be(case.two)
    assert "决定规则豁免申请" in case.client.get("/home/oversight").text
    assert "/approve" in case.client.get(address).text
    assert case.client.post(address + "/approve").status_code == 302
    assert case.client.post(address + "/approve").status_code == 409
    with transaction():
        separation.relations.state_appointed(case.teacher, case.code, Duty.INVIGILATE, by=None)
    case.be(case.auditor)
    page = case.client.get(address).text
    assert REASON in page and "/withdraw" not in page
    audit = case.client.get("/oversight/audit?run=1").text
    assert "监督端两人放行的事项" in audit and "S-07" in audit and case.name in audit
    for query in ("", "?state=approved", "?rule=S-07", f"?object={case.code}"):
        assert address in case.client.get("/oversight/overrides" + query).text
    assert address not in case.client.get("/oversight/overrides?state=refused").text


def test_an_override_is_ended_by_one(case):
    address = case.propose()
    case.be(case.two)
    case.client.post(address + "/approve")
    assert case.client.post(address + "/withdraw").status_code == 302
    assert "已撤销" in case.client.get(address).text
    with pytest.raises(Refused), transaction():
        separation.relations.state_appointed(case.teacher, case.code, Duty.INVIGILATE, by=None)


def test_a_form_without_reason_or_with_the_law_is_shown_again(case):
    case.be(case.one)
    form = {"rule": "S-07", "person": case.teacher, "object_code": case.code, "reason": "短"}
    assert case.client.post("/oversight/overrides/new", data=form).status_code == 422
    law = form | {"rule": "S-03", "reason": REASON}
    assert case.client.post("/oversight/overrides/new", data=law).status_code == 422
    unknown = form | {"person": "nobody", "reason": REASON}
    assert case.client.post("/oversight/overrides/new", data=unknown).status_code == 404
    case.propose()
    again = form | {"reason": REASON}
    assert case.client.post("/oversight/overrides/new", data=again).status_code == 409


@pytest.mark.parametrize("side", [Side.TRAINING, Side.EXAM])
def test_a_process_of_a_wing_has_no_such_page(app, side):
    other = create_app(replace(app.config["SETTINGS"], side=side))
    assert not [rule for rule in other.url_map.iter_rules() if "/oversight/overrides" in rule.rule]
