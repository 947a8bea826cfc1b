"""The pages and commands of the draw: each party does its own steps; others see nothing of it."""

import json

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner

from tests.factories.draws import Drawing, sign_head
from tests.factories.people import make_officer
from tests.factories.separation import state_class
from tests.factories.sites import make_centre
from tests.worlds import built_once
from trainhub import ledger
from trainhub.cli import main
from trainhub.exams.staffing import draws, lottery
from trainhub.exams.staffing.models_of_draws import Draw, Party
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Account, Person
from trainhub.separation.duties import Duty

DUTIES = [Duty.INVIGILATE.value, Duty.INSPECT.value]


class Table:
    """The two parties at their browsers, and what the pages stand on, by plain values."""

    def __init__(self, app):
        city = Drawing()
        self.app, self.secrets = app, city.secrets
        self.code, self.day = city.sitting.code, None
        self.people = {Party.CENTRE: city.officer.id, Party.OVERSIGHT: city.supervisor.id}
        self.names = [each.name for each in (*city.invigilators, *city.inspectors)]
        self.taught = [each.id for each in city.invigilators]
        self.learner = city.candidate.person_id
        self.auditor = make_officer(Duty.AUDIT, city.centre).id
        self.stranger = make_officer(Duty.ASSIGN_STAFF, make_centre()).id
        self.teacher = make_officer(Duty.TEACH, make_centre()).id
        db.session.commit()

    def client(self, person_id):
        client = self.app.test_client()
        client.sign_in(db.session.get_one(Person, person_id))
        return client

    def party(self, party):
        return self.client(self.people[party])

    def freeze(self, **changes):
        officer = self.party(Party.CENTRE)
        page = officer.get(f"/exam/draws/new?sitting={self.code}").text
        address = next(
            part.split('"')[0] for part in page.split('action="') if part.startswith("/exam/draws/new")
        )
        data = {"sittings": [self.code], "duties": DUTIES, "reason": ""} | changes
        return officer.post(address, data=data)

    def draw(self):
        db.session.rollback()
        return db.session.query(Draw).order_by(Draw.id.desc()).first()

    def commit(self, party, said=None):
        draw = self.draw()
        said = said or lottery.commitment(draw.code, draw.pool_hash, party, self.secrets[party])
        return self.party(party).post(f"/exam/draws/{draw.code}/commit", data={"commitment": said})

    def reveal(self, party, secret=None):
        data = {"secret": secret or self.secrets[party]}
        return self.party(party).post(f"/exam/draws/{self.draw().code}/reveal", data=data)

    def sign_head(self):
        with transaction():
            sign_head()

    def carry_out(self):
        assert self.freeze().status_code == 302
        for party in Party:
            assert self.commit(party).status_code == 302
        self.sign_head()
        for party in Party:
            assert self.reveal(party).status_code == 302
        return self.draw()


@pytest.fixture
@built_once
def table(app):
    return Table(app)


def test_two_parties_draw_on_their_pages(table):
    draw = table.carry_out()
    page = table.party(Party.CENTRE).get(f"/exam/draws/{draw.code}").text
    assert all(place.person.name in page for place in draw.places)
    assert draw.seed in page
    assert table.party(Party.OVERSIGHT).get(f"/exam/draws/{draw.code}").status_code == 200
    assert "已抽签" in table.party(Party.CENTRE).get(f"/exam/staffing/{table.code}").text


def test_the_file_of_the_page_is_replayed_without_instance(table, tmp_path, monkeypatch):
    draw = table.carry_out()
    file = tmp_path / "draw.json"
    answer = table.client(table.auditor).get(f"/exam/draws/{draw.code}/draw.json")
    file.write_bytes(answer.data)
    key = answer.json["ledger"][0]["public_key"]
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path / "nowhere"))
    for options, checked in (((), False), (("--ledger-key", key), True)):
        done = CliRunner().invoke(main, ["staffing", "replay", str(file), "--json", *options])
        said = json.loads(done.stdout)
        assert (done.exit_code, said["problems"], said["key_checked"]) == (0, [], checked)
    wrong = CliRunner().invoke(main, ["staffing", "replay", str(file), "--ledger-key", "00" * 32])
    assert (wrong.exit_code, "not signed by this key" in wrong.stdout) == (1, True)
    assert not (tmp_path / "nowhere").exists()


def forged(file):
    """Return a draw that comes out the same, with secrets and commitments that were chosen afterwards."""
    secrets = {**file["secrets"], "centre": "ab" * 32}
    said = lottery.commitment(file["draw"], file["pool_hash"], "centre", secrets["centre"])
    seed = lottery.seed_of(file["pool_hash"], secrets, file["head"]["size"], file["head"]["root"])
    return {
        **file,
        "secrets": secrets,
        "commitments": {**file["commitments"], "centre": said},
        "seed": seed,
        "drawn": lottery.draw(file["pool"], seed),
    }


def test_secrets_chosen_afterwards_do_not_fit_what_stood_in_the_ledger(table, tmp_path):
    table.carry_out()
    file = forged(draws.published(table.draw()))
    assert lottery.problems_of(file) == []
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(file))
    done = CliRunner().invoke(main, ["staffing", "replay", str(path), "--json"])
    assert json.loads(done.stdout)["error"] == "the ledger holds other commitments"
    path.write_text(json.dumps({**file, "ledger": []}))
    done = CliRunner().invoke(main, ["staffing", "replay", str(path), "--json"])
    assert (done.exit_code, "lacks the proofs" in json.loads(done.stdout)["error"]) == (1, True)


def test_a_wrong_secret_is_told_at_its_field_and_nobody_is_drawn(table):
    table.freeze()
    for party in Party:
        table.commit(party)
    table.sign_head()
    answer = table.reveal(Party.CENTRE, "0" * 64)
    assert (answer.status_code, "不是当时承诺的秘密值" in answer.text) == (422, True)
    assert table.reveal(Party.CENTRE, "short").status_code == 422
    assert table.draw().of(Party.CENTRE).secret is None


def test_what_cannot_be_filled_is_told_on_the_form(table):
    with transaction():
        for person in table.taught:
            state_class(db.session.get_one(Person, person), [db.session.get_one(Person, table.learner)])
    answer = table.freeze()
    assert (answer.status_code, "S-07" in answer.text, table.code in answer.text) == (409, True, True)
    assert table.freeze(duties=["nothing"]).status_code == 422
    assert table.draw() is None


def test_nobody_without_a_part_in_it_sees_a_draw(table):
    draw = table.carry_out()
    stranger, teacher, anybody = (
        table.client(table.stranger),
        table.client(table.teacher),
        table.app.test_client(),
    )
    for address in (f"/exam/draws/{draw.code}", f"/exam/draws/{draw.code}/draw.json"):
        assert stranger.get(address).status_code == 404
        assert teacher.get(address).status_code == 403
        assert anybody.get(address).status_code in (302, 401)
    for deed in ("commit", "reveal", "withdraw"):
        answer = stranger.post(f"/exam/draws/{draw.code}/{deed}", data={"reason": "it is not mine"})
        assert answer.status_code == 404
    assert draw.code not in stranger.get("/exam/draws/").text
    auditor = table.client(table.auditor)
    assert auditor.post(f"/exam/draws/{draw.code}/commit", data={}).status_code == 403


def test_the_public_page_shows_hashes_and_no_name(table):
    draw = table.carry_out()
    page = table.app.test_client().get(f"/exam/draws/{draw.code}/public").text
    assert draw.pool_hash in page and draw.seed in page and draw.head_root in page
    assert not [name for name in table.names if name in page]
    assert table.code not in page
    assert not [place.person_id for place in draw.places if place.person_id in page]


def test_a_draw_is_withdrawn_with_its_reason_on_the_page(table):
    draw = table.carry_out()
    officer = table.party(Party.CENTRE)
    assert officer.post(f"/exam/draws/{draw.code}/withdraw", data={"reason": ""}).status_code == 422
    reason = "考点停电，改到另一考点"
    assert officer.post(f"/exam/draws/{draw.code}/withdraw", data={"reason": reason}).status_code == 302
    assert reason in officer.get(f"/exam/draws/{draw.code}").text
    answer = table.freeze()
    assert (answer.status_code, "请说明重新抽签的原因" in answer.text) == (422, True)
    assert table.freeze(reason=reason).status_code == 302


def test_each_party_is_told_on_its_home_page_what_waits(table):
    table.freeze()
    for party in Party:
        assert "为抽签提交承诺" in table.party(party).get("/home", follow_redirects=True).text
        table.commit(party)
        assert "为抽签提交承诺" not in table.party(party).get("/home", follow_redirects=True).text
    table.sign_head()
    for party in Party:
        assert "公开抽签秘密值" in table.party(party).get("/home", follow_redirects=True).text


def command(username, *arguments):
    done = CliRunner().invoke(
        main, ["staffing", "draw", *arguments, "--as", username, "--password", "a-long-password", "--json"]
    )
    return done.exit_code, json.loads(done.stdout.splitlines()[-1])


def test_a_draw_goes_from_pool_to_file_on_the_command_line(table, tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(table.app.config["SETTINGS"].instance))
    with transaction():
        for party, person_id in table.people.items():
            account = db.session.query(Account).filter_by(person_id=person_id).one()
            account.username, account.password_hash = str(party), PasswordHasher().hash("a-long-password")
    secret = {party: tmp_path / f"{party}.secret" for party in Party}
    assert command("centre", "--sitting", "NONE")[0] == 1
    status, said = command("centre", "--sitting", table.code)
    assert (status, said["state"]) == (0, "frozen")
    for party in Party:
        status, said = command(str(party), "--sitting", table.code, "--commit", str(secret[party]))
        assert (status, str(party) in said["committed"]) == (0, True)
        assert secret[party].stat().st_mode & 0o077 == 0
    before = secret[Party.CENTRE].read_text()
    status, said = command("centre", "--sitting", table.code, "--commit", str(secret[Party.CENTRE]))
    assert (status, secret[Party.CENTRE].read_text()) == (1, before)
    status, said = command("centre", "--sitting", table.code, "--reveal", str(secret[Party.CENTRE]))
    assert (status, "error" in said) == (1, True)
    table.sign_head()
    for party in Party:
        status, said = command(str(party), "--sitting", table.code, "--reveal", str(secret[party]))
        assert status == 0
    assert (said["state"], len(said["places"])) == ("drawn", 3)
    file = tmp_path / "draw.json"
    assert command("oversight", "--sitting", table.code, "--output", str(file))[0] == 0
    assert lottery.problems_of(json.loads(file.read_text())) == []
    kinds = [row.kind for row in db.session.query(ledger.Entry).filter(ledger.Entry.kind.like("draw.%"))]
    assert kinds == [
        "draw.frozen",
        "draw.committed",
        "draw.committed",
        "draw.revealed",
        "draw.revealed",
        "draw.drawn",
    ]
