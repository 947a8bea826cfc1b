"""A number that no column holds is no failure of ours: there is nothing that has it."""

import re

import pytest

from tests.factories.people import make_officer
from tests.factories.sites import make_centre
from tests.factories.sittings import make_sitting
from trainhub.kernel.db import db, transaction
from trainhub.kernel.whole_numbers import LARGEST, whole_number
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

UNHEARD_OF = (str(LARGEST + 1), "9" * 30, "9" * 5000, "²", "٣", "-1", "1.0", "")


@pytest.mark.parametrize("text", UNHEARD_OF)
def test_what_is_no_number_of_ours_is_none(text):
    assert whole_number(text) is None


def test_an_address_with_a_number_that_no_column_holds_leads_nowhere(app, client):
    rules = [each for each in app.url_map.iter_rules() if "<int:" in each.rule]
    assert len(rules) > 8
    for rule in rules:
        method = "GET" if "GET" in rule.methods else "POST"
        for number in (str(LARGEST + 1), "9" * 30, "9" * 3000):
            address = re.sub(r"<\w+>", "x", re.sub(r"<int:\w+>", number, rule.rule))
            assert client.open(address, method=method).status_code == 404, rule


@pytest.mark.parametrize("text", [each for each in UNHEARD_OF if each])
def test_a_form_that_names_such_evidence_finds_none(app, client, text):
    with transaction():
        centre = make_centre()
        code = make_sitting(centre, make_officer(Duty.MANAGE_SITES, centre)).code
        person_id = make_officer(Duty.ARRANGE_SITTINGS, centre).id
    client.sign_in(db.session.get_one(Person, person_id))
    said = {"evidence": text, "decision": "yes", "reason": "原件已核对"}
    assert client.post(f"/exam/sittings/{code}/evidence/decide", data=said).status_code == 404
