"""The register as the auditor searches it, and old decisions decided once more; nobody else sees them."""

import ast
import re
import shutil
from pathlib import Path

import pytest
from flask_babel import force_locale

import trainhub
from tests.factories.people import make_officer, make_person
from tests.factories.separation import appoint, hold, state_class, state_sitting
from trainhub import create_app
from trainhub.config import read_settings
from trainhub.kernel.db import db
from trainhub.kernel.errors import Refused
from trainhub.people.models import Person
from trainhub.separation import Duty, relations
from trainhub.separation.models import Appointed
from trainhub.separation.refusals import record_refusal
from trainhub.separation.stating import standing
from trainhub.separation.wording_of_sources import what_it_rests_on

ADDRESSES = ("/oversight/relations", "/oversight/relations/appointed/1", "/oversight/refusals")


class Desk:
    """A sitting whose invigilator turns out to have taught a candidate, and an act that was refused."""

    def __init__(self, client):
        self.client = client
        self.sitting = state_sitting()
        learner, late, instructor = (make_person() for _each in range(3))
        state_class(instructor, [learner])
        relations.state_registered(learner, self.sitting, by=None)
        appoint(late, self.sitting, Duty.INVIGILATE)
        hold(instructor, Duty.INVIGILATE)
        auditor = make_officer(Duty.AUDIT)
        db.session.commit()
        self.learner, self.late, self.instructor = learner.id, late.id, instructor.id
        self.names = {each: db.session.get_one(Person, each).name for each in (self.late, self.instructor)}
        self.auditor = auditor.id
        client.sign_in(db.session.get_one(Person, self.auditor))

    def refuse(self):
        """Try the forbidden appointment and keep its refusal."""
        with pytest.raises(Refused) as refusal:
            appoint(self.instructor, self.sitting, Duty.INVIGILATE)
        db.session.rollback()
        record_refusal(refusal.value)

    def come_to_light(self):
        """State late that the invigilator taught the candidate."""
        state_class(db.session.get_one(Person, self.late), [db.session.get_one(Person, self.learner)])
        db.session.commit()

    def get(self, address, **arguments):
        return self.client.get(address, query_string=arguments)


@pytest.fixture
def desk(app, client):
    return Desk(client)


def test_the_register_is_searched_by_person_and_sitting(desk):
    page = desk.get("/oversight/relations", person=desk.names[desk.late], code=desk.sitting).text
    assert "派遣到场次" in page
    assert desk.sitting in page
    assert "没有符合条件的登记" in desk.get("/oversight/relations", person="查无此人").text
    assert desk.get("/oversight/relations", at="soon").status_code == 422


def test_a_row_shows_who_stated_it_and_is_decided_once_more(desk):
    desk.come_to_light()
    (row,) = standing(Appointed, person_id=desk.late)
    page = desk.get(f"/oversight/relations/appointed/{row.id}").text
    assert "复算结果" in page
    assert page.count("S-07") >= 2
    assert desk.get("/oversight/relations/appointed/999999").status_code == 404
    assert desk.get("/oversight/relations/nothing/1").status_code == 404


def test_a_refused_act_is_listed_and_found_again(desk):
    desk.refuse()
    listed = desk.get("/oversight/refusals").text
    assert "S-07" in listed
    number = listed.partition("/oversight/refusals/")[2].partition('"')[0]
    page = desk.get(f"/oversight/refusals/{number}").text
    for shown in ("结果一致", desk.names[desk.instructor], desk.sitting, "派遣到场次"):
        assert shown in page


@pytest.mark.parametrize(
    "duty", [Duty.TEACH, Duty.ASSIGN_STAFF, Duty.ADMINISTER_SECURITY, Duty.ADMINISTER_SYSTEM]
)
def test_nobody_but_the_auditor_reads_the_register(desk, duty):
    desk.client.sign_in(make_officer(duty))
    db.session.commit()
    for address in ADDRESSES:
        assert desk.get(address).status_code == 403


def test_looking_changes_nothing(desk):
    desk.refuse()
    rows, entries = find_counts()
    for address in ADDRESSES:
        assert desk.get(address).status_code == 200
    assert find_counts() == (rows, entries)


def find_counts():
    from trainhub.ledger import Entry
    from trainhub.separation.auditor import rows_known

    db.session.rollback()
    return rows_known(), db.session.query(Entry).count()


def test_the_pages_are_whole_in_english(desk):
    desk.refuse()
    desk.come_to_light()
    for address in ADDRESSES:
        page = desk.get(address, lang="en")
        assert page.status_code == 200
        assert desk.sitting in page.text


def test_a_process_of_a_wing_has_no_page_of_the_register(migrated, tmp_path):
    folder = tmp_path / "wing"
    shutil.copytree(migrated, folder)
    for side, found in (("training", False), ("exam", False), ("oversight", True)):
        app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_SIDE": side}))
        assert ("separation.list_relations" in app.view_functions) is found


def stated_sources():
    """What the program states as the source of a row, as literals of its own."""
    for path in sorted(Path(trainhub.__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "source":
                yield node.value
            elif isinstance(node, ast.FunctionDef) and path.parent.name == "separation":
                named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                yield from (default for each, default in named if each.arg == "source")


def test_what_a_row_rests_on_is_said_in_the_readers_language(desk):
    plain = {each.value for each in stated_sources() if isinstance(each, ast.Constant)}
    with_code = {f"class {desk.sitting}", "override 5W6C7TF8", "override 5W6C7TF8 withdrawn"}
    assert {"bank", "plan", "withdrawn", "merger"} <= plain
    with force_locale("zh_Hans_CN"):
        raw = [each for each in plain | with_code if re.match("[a-z]", str(what_it_rests_on(each)))]
    assert raw == []
    (row,) = standing(Appointed, person_id=desk.late)
    for address in ("/oversight/relations", f"/oversight/relations/appointed/{row.id}"):
        page = desk.get(address).text
        assert "考试派遣" in page
        assert ">appointment<" not in page
