"""The pages of sittings: the report live, with filters, and the signed report, for oversight alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from tests.factories.ledger import settle
from tests.factories.people import make_officer, make_organisation
from tests.factories.reports import make_story
from tests.factories.separation import state_class
from trainhub import create_app
from trainhub.config import Side
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty
from trainhub.separation.models import SittingRelation
from trainhub.separation.report_checking import Verdict, check_report
from trainhub.separation.report_signing import oversight_certificate


@pytest.fixture
def story(app):
    return make_story()


@pytest.fixture
def auditor(client, story):
    """A browser of an auditor."""
    return signed_in_as(client, Duty.AUDIT)


def signed_in_as(client, duty):
    officer = make_officer(duty, make_organisation(OrganisationKind.AUTHORITY))
    db.session.commit()
    client.sign_in(officer)
    return client


def conflict(story):
    """Let it become known that somebody on duty has taught the candidate."""
    people = [db.session.get_one(Person, each) for each in (story.present, story.candidate)]
    state_class(people[0], people[1:])
    db.session.commit()


def test_the_list_finds_sittings_by_centre_day_state_code_and_findings(auditor, story):
    link = f"/oversight/sittings/{story.sitting}"
    row = db.session.query(SittingRelation).filter_by(sitting_code=story.sitting).first()
    day, centre = clock.local_day(row.starts_at).isoformat(), row.organisation_code
    listed = ("", f"?centre={centre}", f"?first={day}&last={day}", "?state=planned", "?findings=no")
    for query in (*listed, f"?code={story.sitting}"):
        assert link in auditor.get("/oversight/sittings" + query).text, query
    left_out = ("?centre=NONE", "?last=2001-01-01", "?first=2999-01-01", "?state=opened", "?state=published")
    for query in (*left_out, "?findings=yes", "?code=NONE"):
        assert link not in auditor.get("/oversight/sittings" + query).text, query
    conflict(story)
    assert link in auditor.get("/oversight/sittings?findings=yes").text
    assert link not in auditor.get("/oversight/sittings?findings=no").text
    assert "违反 1 处" in auditor.get("/oversight/sittings").text
    assert auditor.get("/oversight/sittings?first=soon").status_code == 422


def test_the_page_says_what_the_report_says(auditor, story):
    page = auditor.get(f"/oversight/sittings/{story.sitting}?names=full").text

    for words in ("备选考务人员", "S-07", story.paper, "诸葛监考", "慕容患病突发疾病，由诸葛监考告知"):
        assert words in page, words
    for section in ("audit", "walls", "pool", "exclusions", "staff", "decisions", "refusals", "ledger"):
        assert f'id="section-{section}"' in page


def test_the_page_begins_with_who_acted_what_was_asked_found_and_let_pass(auditor, story):
    address = f"/oversight/sittings/{story.sitting}?lang=en"
    entries = db.session.query(Entry).all()
    db.session.rollback()
    page = auditor.get(address).text
    (line,) = re.findall(r'<p class="report-sum">(.*?)</p>', page)
    people, rules, violations, overrides = line.split(", ")
    assert 1 < int(people.split(" ")[0]) <= len({each.by_id for each in entries})
    assert re.fullmatch(r"\d+ people acted", people)
    assert re.fullmatch(r"[1-9]\d* rules", rules)
    assert (violations, overrides) == ("0 violations", "0 overrides")
    conflict(story)
    assert "1 violation, " in auditor.get(address).text


def test_names_are_masked_on_the_page_unless_somebody_asks_for_them(auditor, story):
    address = f"/oversight/sittings/{story.sitting}"
    for query in ("", "?names=masked", "?names=none", "?names=nonsense"):
        page = auditor.get(address + query).text
        assert [name for name in story.full_names if name in page] == [], query
    assert story.names[story.present] in auditor.get(address + "?names=full").text


def test_filters_narrow_the_page_to_section_duty_rule_and_person(auditor, story):
    address = f"/oversight/sittings/{story.sitting}?names=full"

    page = auditor.get(address + "&section=staff").text
    assert 'id="section-staff"' in page and 'id="section-pool"' not in page
    page = auditor.get(address + "&rule=S-07").text
    assert 'id="section-exclusions"' in page and 'id="section-staff"' not in page
    page = auditor.get(f"{address}&duty={Duty.INVIGILATE.value}").text
    assert 'id="section-staff"' in page and 'id="section-walls"' not in page
    for wanted in (story.fallen_ill, story.fallen_ill[:8], story.names[story.fallen_ill]):
        page = auditor.get(f"{address}&person={wanted}").text
        assert 'id="section-staff"' in page and 'id="section-exclusions"' not in page, wanted
    assert "没有内容符合" in auditor.get(address + "&person=nobody").text


@pytest.mark.parametrize("form", ["pdf", "json"])
def test_an_auditor_takes_the_signed_report_and_that_is_on_record(auditor, story, form):
    with transaction():
        settle()
    before = db.session.query(Entry).filter_by(kind="report.made").count()
    answer = auditor.post(
        f"/oversight/sittings/{story.sitting}/report", data={"format": form, "names": "masked"}
    )

    assert answer.status_code == 200
    assert f"proof-report-{story.sitting}.{form}" in answer.headers["Content-Disposition"]
    found = check_report(answer.data, oversight_certificate())
    assert (found.verdict, found.report["names"]) == (Verdict.GENUINE, "masked")
    assert found.proofs > 5
    entries = db.session.query(Entry).filter_by(kind="report.made").all()
    assert len(entries) == before + 1
    assert json.loads(entries[-1].body)["facts"]["sitting"] == story.sitting
    assert entries[-1].by_id == found.report["made_by"]


def test_a_supervisor_reads_but_hands_out_no_report(client, story):
    signed_in_as(client, Duty.SUPERVISE)
    page = client.get(f"/oversight/sittings/{story.sitting}")
    assert page.status_code == 200
    assert "/report" not in page.text and "/graph" not in page.text
    assert client.get("/oversight/sittings").status_code == 200
    assert client.post(f"/oversight/sittings/{story.sitting}/report").status_code == 403


def test_nobody_else_sees_any_of_it(client, story):
    for duty in (Duty.ASSIGN_STAFF, Duty.INVIGILATE, Duty.TEACH, Duty.ADMINISTER_SECURITY):
        signed_in_as(client, duty)
        for path in ("", f"/{story.sitting}"):
            assert client.get("/oversight/sittings" + path).status_code == 403, path
        assert client.post(f"/oversight/sittings/{story.sitting}/report").status_code == 403


def test_an_unknown_sitting_is_not_found(auditor):
    assert auditor.get("/oversight/sittings/NONE").status_code == 404
    assert auditor.post("/oversight/sittings/NONE/report").status_code == 404


@pytest.mark.parametrize("side", [Side.TRAINING, Side.EXAM])
def test_a_process_of_a_wing_has_no_such_page(app, side):
    other = create_app(replace(app.config["SETTINGS"], side=side))
    assert not [rule for rule in other.url_map.iter_rules() if "/oversight/sittings" in rule.rule]
