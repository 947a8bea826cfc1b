"""Nothing that somebody typed is lost: every form of the demo that is filled wrongly comes back as it was.

Each role follows what its pages show, and fills each form in every wrong way that its fields allow: one left
empty, too long, or holding what it cannot. Either the deed is done, or the same page comes back: the reason
on top of it, where the focus goes, each reason that is a field's tied to that field, and all that was typed.
"""

import html
import shutil
import sqlite3
from collections import Counter, deque

import lxml.html
import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from tests.conftest import Client
from tests.demo import sent_forms
from tests.demo.sent_forms import forms_of, kind_of, spoilt, value_of, what_to_send
from tests.demo.test_every_link import LINKS
from tests.factories.people import begin_session_for
from trainhub.app import create_app
from trainhub.config import read_settings
from trainhub.demo import cast
from trainhub.kernel.db import db
from trainhub.people.limits import limiter
from trainhub.people.models import Account, Person

pytestmark = pytest.mark.long

OF_A_KIND = 2
WAYS = 50
"""In so many ways a form of many fields is filled wrongly: the others of them are like these."""
BEGIN = ("/home/training", "/home/exam", "/home/oversight", "/exam/objections/", "/account", "/verify")
WITHOUT = {"people.sign_out"}
"""Nothing is typed there."""
BESIDE_A_FILE = {"file_description"}
"""Goes with the file, which no page can hold."""


class House:
    """The demo on a copy of its database, which is put back after every deed that was done."""

    def __init__(self, built, folder):
        shutil.copytree(built, folder)
        self.folder = folder
        self.app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
        self.app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        self.app.test_client_class = Client
        self.clean = folder.with_name("clean.db")

    def sign_in(self, username):
        """Return a browser in which somebody is signed in, now and after the database was put back."""
        client = self.app.test_client()
        person_id = db.session.query(Account).filter_by(username=username).one().person_id
        token = begin_session_for(db.session.get_one(Person, person_id))
        db.session.commit()
        with client.session_transaction() as session:
            session["sign-in"] = token
        db.session.remove()
        source, target = sqlite3.connect(self.folder / "trainhub.db"), sqlite3.connect(self.clean)
        source.backup(target)
        source.close()
        target.close()
        return client

    def put_back(self):
        """Undo what was done."""
        db.session.remove()
        db.engine.dispose()
        for name in ("trainhub.db-wal", "trainhub.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.copyfile(self.clean, self.folder / "trainhub.db")

    def endpoint(self, address, method="GET"):
        """The page to which an address belongs; None for one of no page."""
        try:
            return self.app.url_map.bind("").match(address.partition("?")[0], method=method)[0]
        except HTTPException:
            return None


@pytest.fixture(scope="module")
def house(built_demo, tmp_path_factory):
    return House(built_demo, tmp_path_factory.mktemp("forms") / "instance")


def pages_of(house, client):
    """Everything that somebody is led to: address and page."""
    waiting, seen, followed = deque(BEGIN), set(), Counter()
    while waiting:
        address = waiting.popleft()
        page = house.endpoint(address)
        if page is None or page == "static" or address in seen or "lang=" in address:
            continue
        if followed[page] >= OF_A_KIND:
            continue
        seen.add(address)
        followed[page] += 1
        limiter.reset()
        answer = client.get(address)
        if answer.location:
            waiting.append(answer.location)
        elif answer.mimetype == "text/html" and answer.status_code < 400:
            waiting += [html.unescape(link) for link in LINKS.findall(answer.text)]
            yield address, answer.text


def as_sent(form, sent):
    """What a browser sends of a form."""
    data = MultiDict()
    for control, value in sent:
        if value is not None and kind_of(control) != "file":
            data.add(control.get("name"), value)
    data.update(form.button)
    return data


def faults(page, form, sent):
    """What is wrong with a page that came back; nothing, if it is as it should be."""
    back = [each for each in forms_of(page, form.address) if each.address == form.address]
    wanted = form.names - {"csrf_token"}
    back = sorted((each for each in back if wanted & each.names), key=lambda each: len(kept(each, sent)))
    if not back:
        return ["the page did not come back"]
    there = kept(back[-1], sent)
    lost = [name for name, value in typed(sent) if (name, value) not in there]
    document = lxml.html.fromstring(page)
    focus = document.xpath("//*[@data-focus]")
    loose = [
        link.get("href")
        for box in focus
        for link in box.xpath(".//a[starts-with(@href, '#')]")
        if not is_told(document, link.get("href")[1:])
    ]
    return (
        [f"{name} was lost" for name in lost]
        + [f"nothing is said at {link}" for link in loose]
        + ([] if focus and focus[0].text_content().strip() else ["nothing has the focus and says why"])
    )


def typed(sent):
    """What of a form somebody chose or wrote and a page can hold."""
    for control, value in sent:
        name, kind = control.get("name"), kind_of(control)
        if value and kind not in ("hidden", "file", "password") and name not in BESIDE_A_FILE:
            if value == "nothing-of-the-kind" and kind not in sent_forms.TYPED:
                continue
            yield name, value.strip()


def kept(form, sent):
    """What of that stands in a form."""
    there = {(each.get("name"), (value_of(each) or "").strip()) for each in form.controls}
    return {each for each in typed(sent) if each in there}


def is_told(document, mark):
    """Tell whether the field with a mark is said to be wrong, and described by words that are there."""
    for field in document.xpath("//*[@id=$mark]", mark=mark):
        marks = (field.get("aria-describedby") or "").split()
        told = [each for name in marks for each in document.xpath("//*[@id=$mark]", mark=name)]
        is_marked = field.get("aria-invalid") == "true" or field.tag == "fieldset"
        if is_marked and len(told) == len(marks) > 0 and any(each.text_content().strip() for each in told):
            return True
    return False


def ways_of(form):
    """The ways in which a form is filled wrongly, the last of them with nothing in it."""
    found = list(spoilt(form))
    if len(found) > WAYS:
        found = found[:: len(found) // WAYS + 1]
    typed_in = {"hidden", "submit", "file", "button"}
    if any(kind_of(each) not in typed_in for each in form.controls):
        empty = [
            (each, value if kind_of(each) in ("hidden", "select") else "")
            for each, value in what_to_send(form)
        ]
        found.append(
            ("empty", None, [each for each in empty if kind_of(each[0]) not in ("checkbox", "radio")])
        )
    return found


@pytest.mark.parametrize("username", [role.username for role in cast.EVERYBODY])
def test_a_form_that_is_filled_wrongly_comes_back_with_all_that_was_typed(house, username):
    found, known = [], set()
    with house.app.app_context():
        client = house.sign_in(username)
        for address, page in pages_of(house, client):
            for form in forms_of(page, address):
                endpoint = house.endpoint(form.address, "POST")
                key = (endpoint, frozenset(form.names))
                if endpoint is None or endpoint in WITHOUT or key in known:
                    continue
                known.add(key)
                for how, control, sent in ways_of(form):
                    limiter.reset()
                    answer = client.post(form.address, data=as_sent(form, sent))
                    if answer.status_code < 400:
                        house.put_back()
                        continue
                    name = "everything" if control is None else control.get("name")
                    wrong = faults(answer.text, form, sent)
                    found += [(endpoint, address, how, name, answer.status_code, each) for each in wrong]
        db.session.remove()
    assert found == [], found


def test_the_check_finds_what_it_looks_for():
    page = """<form method="post" action="/x"><label for="why">Why</label>
        <textarea id="why" name="why" required></textarea>
        <input type="checkbox" name="who" value="a"></form>"""
    form = next(forms_of(page, "/y"))
    ways = {(how, control.get("name")) for how, control, _sent in spoilt(form)}
    assert ways == {("empty", "why"), ("long", "why"), ("empty", "who"), ("wrong", "who")}

    sent = what_to_send(form)
    assert as_sent(form, sent) == MultiDict([("why", sent_forms.WORDS), ("who", "a")])
    bare = '<html><body><div class="notice"><p>Give the reason.</p></div></body></html>'
    assert faults(bare, form, sent) == ["the page did not come back"]
    assert faults(page, form, sent) == [
        "why was lost",
        "who was lost",
        "nothing has the focus and says why",
    ]
    summary = '<div data-focus><a href="#why">Why: give the reason.</a></div>'
    filled = page.replace("></textarea>", f">{sent_forms.WORDS}</textarea>").replace('"a"', '"a" checked')
    assert faults(summary + filled, form, sent) == ["nothing is said at #why"]
    told = (
        filled.replace('name="why"', 'name="why" aria-invalid="true" aria-describedby="said"')
        + '<p id="said">Give the reason.</p>'
    )
    assert faults(summary + told, form, sent) == []
