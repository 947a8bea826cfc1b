"""What no database keeps as text is stopped at the door, whatever room it is for, and that is said.

PostgreSQL holds no NUL in a text, and nothing writes down half of a character (a lone surrogate). A browser
sends neither of itself; a program, a scanner or a paste from elsewhere does.
"""

from __future__ import annotations

import io
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

import trainhub
from tests.conftest import Client
from tests.on_postgres import application_on_postgres
from tests.walls.test_access import NOBODY, WITHOUT_DUTY, browsers_of_all, dummy, routes_of
from trainhub.app import create_app
from trainhub.config import read_settings
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.people.limits import limiter

SAID = "holds a character that cannot be kept"
ASKED = re.compile(r"""request\.(?:args|form)(?:\.get|\.getlist)?[\[(]\s*["'](\w+)["']""")


def names_asked_for() -> list[str]:
    """Every name that some view reads from an address or a form by itself."""
    files = Path(trainhub.__file__).parent.rglob("*.py")
    return sorted({name for file in files for name in ASKED.findall(file.read_text(encoding="utf-8"))})


@contextmanager
def sqlite(migrated, folder):
    shutil.copytree(migrated, folder)
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request, migrated, tmp_path_factory):
    """One application for the whole walk, with a browser for every identity."""
    folder = tmp_path_factory.mktemp("texts") / "instance"
    made = sqlite(migrated, folder) if request.param == "sqlite" else application_on_postgres(folder)
    with made as app:
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
        app.test_client_class = Client
        limiter.enabled = False
        yield app, browsers_of_all(app)
        limiter.enabled = True


def browser_for(browsers, guard):
    known = {"open": NOBODY, "signed in": WITHOUT_DUTY}
    return browsers[known.get(guard, guard.split(" + ")[0])]


NO_FORM = re.compile("/exam/attempt/(?!sign-in)")
"""The candidate's page sends JSON: a form that comes there is not even read."""


def walk(house, send, wanted, *, forms=False):
    """Send something to every route as somebody whom its guard lets in; what was not as wanted."""
    app, browsers = house
    faults, walked = [], 0
    for route in sorted(routes_of(app), key=lambda each: each.rule == "/sign-out"):
        if forms and (route.method != "POST" or NO_FORM.match(route.rule)):
            continue
        answer = send(browser_for(browsers, route.guard), route)
        walked += 1
        said = (answer.get_json(silent=True) or {}).get("error", "") if answer.is_json else ""
        if (answer.status_code, SAID in said) != wanted:
            faults.append(f"{route.line}: {answer.status_code} {said}")
        answer.close()
    assert walked > 100
    assert not faults, f"{len(faults)} of {walked}:\n" + "\n".join(faults)


JSON = {"Accept": "application/json"}


def test_no_route_takes_a_nul_in_its_query(house):
    query = "&".join(f"{name}=a%00b" for name in names_asked_for() if name != "lang")

    def send(browser, route):
        return browser.open(f"{dummy(route.rule)}?lang=en&{query}", method=route.method, headers=JSON)

    walk(house, send, (422, True))


def test_no_route_takes_a_nul_as_the_name_of_something_in_its_query(house):
    def send(browser, route):
        return browser.open(f"{dummy(route.rule)}?lang=en&a%00b=1", method=route.method, headers=JSON)

    walk(house, send, (422, True))


def test_no_route_takes_a_nul_in_its_path(house):
    """What has such an address is not there; a route without a part of its own is left as it is."""
    app, browsers = house
    faults, walked = [], 0
    for route in routes_of(app):
        if "<" not in route.rule:
            continue
        address = re.sub(r"<[^>]*>", "9%009", route.rule)
        answer = browser_for(browsers, route.guard).open(
            f"{address}?lang=en", method=route.method, headers=JSON
        )
        walked += 1
        if answer.status_code != 404:
            faults.append(f"{route.line}: {answer.status_code}")
    assert walked > 100
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", ["text", "a\x00b"])
def test_no_form_takes_a_nul(house, name):
    def send(browser, route):
        data = {name: "起身\x00举手" if name == "text" else "1"}
        return browser.post(f"{dummy(route.rule)}?lang=en", data=data, headers=JSON)

    walk(house, send, (422, True), forms=True)


def test_no_form_takes_a_nul_in_the_name_of_a_file(house):
    def send(browser, route):
        data = {"file": (io.BytesIO(b"x"), "a\x00b.xlsx")}
        return browser.post(f"{dummy(route.rule)}?lang=en", data=data, headers=JSON)

    walk(house, send, (422, True), forms=True)


def test_the_page_says_what_it_is(house):
    _app, browsers = house
    answer = browsers[NOBODY].post("/sign-in?lang=zh_CN", data={"username": "wang\x00", "password": "x"})
    assert answer.status_code == 422
    assert "无法保存的字符" in answer.text


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", ["x", {"y": "\udfff"}], {"\ud800": 1}, {"a\x00": "x"}])
def test_json_with_a_character_that_cannot_be_kept_is_refused_whoever_reads_it(house, value):
    app, _browsers = house
    from flask import request

    with app.test_request_context("/", method="POST", json={"token": value}):
        for _twice in range(2):
            with pytest.raises(Invalid):
                request.get_json(silent=True)


def test_text_of_every_other_kind_goes_through(house):
    app, _browsers = house
    from flask import request

    kept = {"text": "𠮷野家 😀 \t\r\n\u200b\ufffd é \ufeff\x7f"}
    with app.test_request_context("/", method="POST", json=kept):
        assert request.get_json() == kept
    with app.test_request_context("/?a=😀", method="POST", data=kept):
        app.preprocess_request()
        assert request.form["text"] == kept["text"] and request.args["a"] == "😀"
