"""The demo: built once, whole or not at all; every duty has open work, and a refusal is two clicks away."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from tests.conftest import Client
from tests.factories.people import begin_session_for
from trainhub import ledger, separation
from trainhub.app import create_app
from trainhub.config import read_settings
from trainhub.demo import build as demo
from trainhub.demo import cast
from trainhub.demo.on_paper import ON_PAPER
from trainhub.handover import problems
from trainhub.kernel.db import db, reading
from trainhub.people.limits import limiter
from trainhub.people.models import Account, Person

IDLE = {"invigilator4", "neighbour-admin", "neighbour-invigilator"}
BUSY = [role.username for role in (*cast.ADMINISTRATORS, *cast.STAFF) if role.username not in IDLE]


@pytest.fixture(scope="module")
def settings(built_demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "instance"
    shutil.copytree(built_demo, folder)
    return read_settings({"TRAINHUB_INSTANCE": str(folder)})


@pytest.fixture
def client(settings):
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    with app.app_context():
        limiter.reset()
        yield app.test_client()
        db.session.remove()
        db.engine.dispose()


def be(client, username):
    person_id = db.session.query(Account).filter_by(username=username).one().person_id
    token = begin_session_for(db.session.get_one(Person, person_id))
    db.session.rollback()
    with client.session_transaction() as session:
        session.clear()
        session["sign-in"] = token


@pytest.mark.parametrize("username", BUSY)
def test_every_duty_has_open_work(client, username):
    be(client, username)
    page = client.get("/home", follow_redirects=True)
    assert page.status_code == 200
    assert 'class="task-title"' in page.text


def test_a_visitor_sees_a_refusal_within_two_clicks(client):
    be(client, "exam-admin")
    home = client.get("/home/exam").text
    links = re.findall(r'class="task-title" href="([^"]+)"', home)
    pages = [client.get(link).text for link in links if "/exam/staffing/" in link]
    assert any("S-07" in page for page in pages)


def test_the_desk_of_a_sitting_on_paper_says_so_and_offers_no_machine(client):
    be(client, "invigilator6")
    assert "纸笔" in client.get("/exam/desk/").text
    page = client.get(f"/exam/desk/{ON_PAPER}").text
    assert page.count("✎") == 5
    assert f"/exam/desk/{ON_PAPER}/alarms" not in page
    seat = client.get(re.search(rf'"(/exam/desk/{ON_PAPER}/candidates/[^"]+)"', page).group(1)).text
    assert "不上机" in seat
    be(client, "sheet-clerk2")
    assert client.get(f"/exam/sheets/{ON_PAPER}").text.count("答题纸缺失") == 2


def test_the_refused_conflict_is_in_the_ledger(client):
    with reading():
        entries = db.session.query(ledger.Entry).filter_by(kind="decision.refused").all()
        assert [json.loads(entry.body)["facts"]["rule"] for entry in entries] == ["S-07"]


def test_no_rule_is_violated_and_no_record_of_the_door_was_changed(client):
    with reading():
        assert separation.audit().violations == ()
        assert problems() == []


def test_a_second_start_keeps_the_data_and_a_reset_deletes_nothing_but_a_demo(settings, tmp_path):
    assert demo.is_missing(settings) is False
    assert len(demo.read_sign_ins(settings.instance)) == len(cast.EVERYBODY)
    other = read_settings({"TRAINHUB_INSTANCE": str(tmp_path / "other")})
    Path(other.instance).mkdir()
    (other.instance / "trainhub.db").write_bytes(b"precious")
    for act in (demo.is_missing, demo.throw_away):
        with pytest.raises(demo.NoDemoHere):
            act(other)
    assert (other.instance / "trainhub.db").read_bytes() == b"precious"


def test_the_demo_is_not_built_into_a_servers_database(tmp_path):
    environment = {
        "TRAINHUB_INSTANCE": str(tmp_path / "instance"),
        "TRAINHUB_DATABASE_URL": "postgresql://nobody@127.0.0.1/none",
    }
    with pytest.raises(demo.NoDemoHere):
        demo.is_missing(read_settings(environment))


def test_a_demo_that_cannot_be_built_leaves_nothing_behind(tmp_path, monkeypatch):
    settings = read_settings({"TRAINHUB_INSTANCE": str(tmp_path / "instance")})

    class Broken:
        __name__ = "demo.broken"

        @staticmethod
        def build(_world):
            raise RuntimeError("power cut")

    monkeypatch.setattr(demo, "BUILDERS", (Broken,))
    with pytest.raises(RuntimeError):
        demo.build(settings)
    assert not settings.instance.exists()
    assert demo.is_missing(settings)


@pytest.mark.parametrize(
    ("username", "address"),
    [
        ("exam-admin2", "/exam/sittings/DEMO-NEXT-WEEK"),
        ("exam-admin", "/exam/sittings/DEMO-NEXT-WEEK"),
        ("exam-admin2", "/exam/centre/DEMO-NEXT-WEEK"),
        ("exam-admin2", "/exam/sittings/DEMO-TODAY"),
        ("marker", "/exam/sittings/DEMO-TODAY"),
    ],
)
def test_a_page_links_only_where_its_reader_may_go(client, username, address):
    be(client, username)
    page = client.get(address)
    assert page.status_code == 200
    leads = set(map(unescape, re.findall(r'<a [^>]*href="(/[^"#]+)', page.text)))
    assert {link: status for link in leads if (status := client.get(link).status_code) >= 400} == {}


def test_what_keeps_a_sitting_from_being_opened_is_a_link_for_whoever_may_settle_it(client):
    for username, leads in (("exam-admin", True), ("exam-admin2", False)):
        be(client, username)
        page = client.get("/exam/sittings/DEMO-NEXT-WEEK").text
        assert "已派遣监考员" in page
        assert ('href="/exam/staffing/DEMO-NEXT-WEEK">已派遣监考员' in page) is leads
        assert ('href="/exam/staffing/DEMO-NEXT-WEEK">查看当值人员' in page) is leads
