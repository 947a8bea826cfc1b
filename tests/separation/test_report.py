"""The proof report of a sitting: it holds what happened, hides what it should, and shows every change."""

import json
import shutil
import subprocess

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.factories.ledger import settle
from tests.factories.people import make_officer
from tests.factories.reports import make_story
from tests.factories.separation import state_class, state_sitting
from trainhub import create_app
from trainhub.cli import main
from trainhub.config import read_settings
from trainhub.governance import overrides
from trainhub.governance.ledger_words import WORDS
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.naming import Names
from trainhub.separation.report import text_of
from trainhub.separation.report_checking import Verdict, attached, check_report
from trainhub.separation.report_issuing import issue_report
from trainhub.separation.report_making import make_report
from trainhub.separation.report_signing import prepare_signer, signed_json


@pytest.fixture
def story(app):
    return make_story()


def report_of(story, **setting):
    db.session.rollback()
    return make_report(story.sitting, words=WORDS, **setting)


def rows(report, section):
    return next(each["rows"] for each in report["sections"] if each["id"] == section)


def codes(row, column):
    return row[column]["code"]


def test_pool_exclusions_and_staff_are_told_with_rule_fact_and_reason(story):
    report = report_of(story, names=Names.FULL)

    outcomes = {row["person"]["person"]: codes(row, "outcome") for row in rows(report, "pool")}
    assert outcomes == {story.present: "on_duty", story.fallen_ill: "withdrawn", story.instructor: "excluded"}
    (excluded,) = rows(report, "exclusions")
    assert (codes(excluded, "rule"), excluded["person"]["person"]) == ("S-07", story.instructor)
    assert story.names[story.candidate] in excluded["fact"]
    assert excluded["source"]
    states = {row["person"]["person"]: (codes(row, "state"), row["reason"]) for row in rows(report, "staff")}
    assert states[story.present] == ("appointed", "")
    assert states[story.fallen_ill] == ("withdrawn", "慕容患病突发疾病，由诸葛监考告知")


def test_each_decision_is_told_with_the_rules_that_were_asked_then_and_now(story):
    decisions = rows(report_of(story), "decisions")

    assert [codes(row, "what") for row in decisions] == ["appointed", "appointed", "withdrawn"]
    assert {"S-07", "S-08"} <= set(codes(decisions[0], "asked"))
    assert codes(decisions[0], "then") == codes(decisions[0], "now") == []
    assert decisions[2]["asked"] is None


def test_a_refusal_is_told_with_rule_fact_and_what_deciding_anew_finds(story):
    (refused,) = rows(report_of(story), "refusals")

    assert (codes(refused, "rule"), refused["person"]["person"]) == ("S-07", story.instructor)
    assert refused["fact"]
    assert codes(refused, "agrees") is True


def test_an_override_is_told_with_its_reason_and_both_who_let_it_pass(story):
    supervisors = [make_officer(Duty.SUPERVISE) for _each in range(2)]
    ids = [each.id for each in supervisors]
    instructor = db.session.get_one(Person, story.instructor)
    reason = "偏远考点无其他监考员，派端木教员并加派巡考。"
    override = overrides.propose("S-07", instructor, story.sitting, reason, by=supervisors[0])
    overrides.approve(override.code, by=supervisors[1])
    db.session.commit()

    report = report_of(story)
    (told,) = rows(report, "overrides")
    assert (codes(told, "rule"), codes(told, "state")) == ("S-07", "approved")
    assert [told["proposed_by"]["person"], told["decided_by"]["person"]] == ids
    assert "端***" in told["reason"]
    assert {"override.proposed", "override.approved"} <= {
        each["kind"] for each in report["ledger"]["entries"]
    }


def test_overrides_for_its_people_and_its_paper_are_told_and_those_of_other_sittings_are_not(story):
    supervisor, reason = make_officer(Duty.SUPERVISE), "偏远考点无其他监考员，已加派巡考。"
    present, reviewer, candidate = (
        db.session.get_one(Person, each) for each in (story.present, story.reviewer, story.candidate)
    )
    let_pass = [
        ("S-08", present, state_sitting("OTHER-SITTING")),
        ("S-08", present, "CENTRE-9"),
        ("S-07", reviewer, story.paper),
        ("S-07", candidate, "CLASS-9"),
        ("S-07", make_officer(Duty.INVIGILATE), "CLASS-8"),
    ]
    for rule, person, about in let_pass:
        overrides.propose(rule, person, about, reason, by=supervisor)
    db.session.commit()

    told = [(codes(row, "touches"), row["object"]) for row in rows(report_of(story), "overrides")]
    assert told == [("related", "CENTRE-9"), ("related", story.paper), ("related", "CLASS-9")]


def test_every_opening_of_the_paper_is_told(story):
    report = report_of(story)

    (paper,) = rows(report, "papers")
    assert (paper["paper"], codes(paper, "use")) == (story.paper, "used")
    assert len(paper["content_hash"]) == 64
    seen = [(codes(row, "what"), row["person"]["person"]) for row in rows(report, "openings")]
    assert ("paper.seen", story.reviewer) in seen
    assert ("paper.sealed", story.reviewer) in seen


def test_walls_rules_sources_and_the_audit_are_told(story):
    report = report_of(story)

    walls = {codes(row, "wall"): codes(row, "stands") for row in rows(report, "walls")}
    assert walls == {"rule": True, "process": False, "database": False, "content": True}
    kinds = {codes(row, "kind") for row in rows(report, "rules")}
    assert kinds <= {"law", "local_policy"}
    assert "S-07" in report["audit"]["rules"]
    assert report["audit"]["violations"] == len(rows(report, "audit")) == 0


def test_a_conflict_that_came_to_light_later_is_told_by_the_audit_and_by_the_decision(story):
    people = [db.session.get_one(Person, each) for each in (story.present, story.candidate)]
    state_class(people[0], people[1:])
    db.session.commit()
    report = report_of(story)

    (violation,) = rows(report, "audit")
    assert (codes(violation, "rule"), violation["person"]["person"]) == ("S-07", story.present)
    assert {each["code"].partition("#")[0] for each in violation["evidence"]} >= {"taught", "attended"}
    first = rows(report, "decisions")[0]
    assert (codes(first, "then"), [each["code"] for each in first["now"]]) == ([], ["S-07"])


def test_the_ledger_holds_the_decisions_about_the_sitting_and_its_paper(story):
    entries = report_of(story)["ledger"]["entries"]

    kinds = [each["kind"] for each in entries]
    assert {"sitting.planned", "staff.appointed", "staff.withdrawn", "decision.refused"} <= set(kinds)
    assert {"paper.sealed", "candidate.registered"} <= set(kinds)
    assert not any(kind.startswith(("account.", "message.")) for kind in kinds)


@pytest.mark.parametrize("setting", [Names.MASKED, Names.NONE])
def test_masked_names_appear_nowhere_in_full(story, setting):
    db.session.rollback()
    made = issue_report(story.sitting, names=setting, by=None, words=WORDS)

    told = made.json.decode()
    printed = pdf_text(made.pdf)
    for name in story.full_names:
        assert name not in told
        assert name not in printed
    assert ("诸**" in "".join(printed.split())) is (setting is Names.MASKED) or "诸***" in printed
    withdrawal = next(each for each in made.report["ledger"]["entries"] if each["kind"] == "staff.withdrawn")
    assert withdrawal["body"] is None, "its reason names somebody"


def pdf_text(data):
    from io import BytesIO

    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def test_the_report_is_whole_in_english(story):
    report = report_of(story, language="en")

    assert report["title"] == f"Proof report on separation: sitting {story.sitting}"
    assert next(each for each in report["sections"] if each["id"] == "pool")["title"] == "Pool of exam staff"
    assert text_of(rows(report, "exclusions")[0]["rule"]).startswith("S-07 ")


def test_a_signed_report_is_genuine_as_pdf_as_json_and_as_the_attachment(story):
    db.session.rollback()
    made = issue_report(story.sitting, names=Names.MASKED, by=None, words=WORDS)
    certificate = made.certificate.read_bytes()

    for data in (made.pdf, made.json, attached(made.pdf)):
        found = check_report(data, certificate)
        assert found.verdict is Verdict.GENUINE, found
        assert found.report["sitting"] == story.sitting
        assert found.leaves > 5
    entry = db.session.query(Entry).filter_by(kind="report.made").one()
    assert story.sitting in entry.body


@pytest.fixture
def proved(story):
    """A report whose entries stand under a signed head, and its certificate."""
    with transaction():
        settle()
    made = issue_report(story.sitting, names=Names.MASKED, by=None, words=WORDS)
    return made, made.certificate.read_bytes()


def test_every_entry_is_proved_under_the_newest_signed_head(proved):
    made, certificate = proved
    entries, head = made.report["ledger"]["entries"], made.report["ledger"]["head"]

    assert all(each["proof"] for each in entries)
    for key in (None, bytes.fromhex(head["public_key"])):
        found = check_report(made.pdf, certificate, key)
        assert (found.verdict, found.proofs, found.problems) == (Verdict.GENUINE, len(entries), ())
        assert ("--ledger-key" in found.remark) is (key is None)


def test_what_was_decided_after_the_head_is_told_as_not_proved(proved, story):
    made, certificate = proved
    overrides.propose(
        "S-07",
        db.session.get_one(Person, story.instructor),
        story.sitting,
        "偏远考点无其他监考员，已加派巡考。",
        by=make_officer(Duty.SUPERVISE),
    )
    db.session.commit()
    later = issue_report(story.sitting, names=Names.MASKED, by=None, words=WORDS)

    assert [each["kind"] for each in later.report["ledger"]["entries"] if each["proof"] is None] == [
        "override.proposed"
    ]
    found = check_report(later.json, certificate)
    assert found.verdict is Verdict.GENUINE
    assert "1 entries are newer than the head" in found.remark


def test_without_a_head_a_report_says_that_nothing_is_proved(signed):
    made, certificate = signed
    found = check_report(made.json, certificate)

    assert (found.verdict, found.proofs, found.head) == (Verdict.GENUINE, 0, None)
    assert "no head" in found.remark


def test_a_head_of_another_ledger_and_a_path_that_leads_nowhere_contradict_the_report(proved):
    made, certificate = proved
    foreign = check_report(made.json, certificate, bytes(range(32)))
    assert foreign.verdict is Verdict.CONTRADICTED
    assert "not signed by this key" in foreign.problems[0]
    files = prepare_signer()
    for change in (_other_path, _other_root, _other_body, _no_head):
        report = json.loads(json.dumps(made.report))
        change(report["ledger"])
        found = check_report(signed_json(report, files), certificate)
        assert found.verdict is Verdict.CONTRADICTED, change
        assert found.problems, change


def _other_path(ledger):
    ledger["entries"][0]["proof"]["path"][0] = "00" * 32


def _other_root(ledger):
    ledger["head"]["root"] = "00" * 32


def _other_body(ledger):
    next(each for each in ledger["entries"] if each["body"])["body"] += " "


def _no_head(ledger):
    ledger["head"] = {"size": 1}


@pytest.fixture(scope="module")
def signed(migrated, tmp_path_factory):
    """A signed report and its certificate, made once."""
    folder = tmp_path_factory.mktemp("signed") / "instance"
    shutil.copytree(migrated, folder)
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
    with app.app_context():
        made = issue_report(make_story().sitting, names=Names.MASKED, by=None, words=WORDS)
        db.session.remove()
        db.engine.dispose()
    return made, made.certificate.read_bytes()


@settings(max_examples=80)
@given(data=st.data())
def test_one_changed_byte_of_the_json_is_called_altered(data, signed):
    made, certificate = signed
    place = data.draw(st.integers(0, len(made.json) - 1))
    changed = bytearray(made.json)
    changed[place] ^= data.draw(st.integers(1, 127))

    assert check_report(bytes(changed), certificate).verdict in {Verdict.ALTERED, Verdict.UNREADABLE}


@settings(max_examples=25)
@given(data=st.data())
def test_one_changed_byte_of_the_pdf_is_never_genuine(data, signed):
    made, certificate = signed
    place = data.draw(st.integers(8, len(made.pdf) - 1))
    changed = bytearray(made.pdf)
    changed[place] ^= data.draw(st.integers(1, 255))

    found = check_report(bytes(changed), certificate).verdict
    assert found in {Verdict.ALTERED, Verdict.INCOMPLETE, Verdict.FOREIGN, Verdict.UNREADABLE}


def test_a_changed_word_in_either_file_is_called_altered(signed):
    made, certificate = signed
    place = made.json.index(b"S-07")
    changed = made.json[:place] + b"S-08" + made.json[place + 4 :]
    assert check_report(changed, certificate).verdict is Verdict.ALTERED
    middle = len(made.pdf) // 2
    flipped = made.pdf[:middle] + bytes([made.pdf[middle] ^ 1]) + made.pdf[middle + 1 :]
    assert check_report(flipped, certificate).verdict is Verdict.ALTERED
    assert check_report(made.json + b"\n", certificate).verdict is Verdict.ALTERED
    assert check_report(made.pdf + b"\n%%EOF\n", certificate).verdict is Verdict.ALTERED
    assert check_report(made.pdf[:-200], certificate).verdict is Verdict.INCOMPLETE
    assert check_report(b"{}", certificate).verdict is Verdict.UNREADABLE


def test_a_report_of_another_house_is_foreign(signed, story):
    made, _certificate = signed
    db.session.rollback()
    other = issue_report(story.sitting, names=Names.NONE, by=None).certificate.read_bytes()

    assert check_report(made.json, other).verdict is Verdict.FOREIGN
    assert check_report(made.pdf, other).verdict is Verdict.FOREIGN


def test_an_unknown_sitting_and_a_wing_are_refused(app, migrated, tmp_path):
    with pytest.raises(NotFound):
        make_report("NONE")
    folder = tmp_path / "wing"
    shutil.copytree(migrated, folder)
    wing = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_SIDE": "exam"}))
    with wing.app_context():
        code = state_sitting()
        db.session.commit()
        with pytest.raises(Conflict):
            make_report(code)
        db.session.remove()
        db.engine.dispose()


def test_the_command_line_makes_a_report_that_an_outsider_checks_without_a_database(
    app, story, monkeypatch, tmp_path
):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(app.config["SETTINGS"].instance))
    db.session.rollback()
    output = tmp_path / "report.pdf"
    made = run("report", "--sitting", story.sitting, "--output", str(output), "--json")
    assert (made.exit_code, json.loads(made.stdout)["sitting"]) == (0, story.sitting)
    certificate = json.loads(made.stdout)["certificate"]
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path / "nowhere"))
    for file in (output, output.with_suffix(".json")):
        checked = run("verify-report", str(file), "--certificate", certificate, "--json")
        assert checked.exit_code == 0
        assert json.loads(checked.stdout)["verdict"] == "genuine"
    data = output.read_bytes()
    output.write_bytes(data[:5000] + b"x" + data[5001:])
    checked = run("verify-report", str(output), "--certificate", certificate, "--json")
    assert (checked.exit_code, json.loads(checked.stdout)["verdict"]) == (1, "altered")
    assert run("verify-report", str(output)).exit_code == 2


def test_the_command_line_refuses_an_unknown_sitting(app, monkeypatch, tmp_path):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(app.config["SETTINGS"].instance))
    output = tmp_path / "none.pdf"
    told = run("report", "--sitting", "NONE", "--output", str(output), "--json")
    assert (told.exit_code, "error" in json.loads(told.stdout)) == (1, True)
    assert not output.exists()
    assert run("report", "--output", str(output)).exit_code == 2


def test_an_audit_of_an_unknown_sitting_finds_nothing_clean(app, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(app.config["SETTINGS"].instance))
    told = run("audit", "--sitting", "NONE", "--json")
    assert (told.exit_code, "NONE" in json.loads(told.stdout)["error"]) == (1, True)
    plain = run("audit", "--sitting", "NONE")
    assert (plain.exit_code, "NONE" in plain.output) == (1, True)


def run(*arguments):
    return CliRunner().invoke(main, ["separation", *arguments], catch_exceptions=False)


def test_readers_of_pdf_call_the_signature_valid_and_see_the_attachment(signed, tmp_path):
    made, _certificate = signed
    file = tmp_path / "report.pdf"
    file.write_bytes(made.pdf)
    if shutil.which("pdfsig"):
        told = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=True)
        assert "Signature is Valid" in told.stdout
        assert "Total document signed" in told.stdout
    assert "report.json" in PdfReader(str(file)).attachments
