"""Who may do what: one readable table a room in `access/`, compared with the guards and walked over HTTP.

A line is `GET /exam/sites/<code> | exam:site:manage`: method, address as Flask has it without converters,
and what the guard demands: `open`, `signed in`, or duties joined by ` + ` of which any one will do. To add a
route, write its line into `access/<room>.txt` by hand, from what ought to be; copying what the test says the
view wears makes the test worthless. Lines that begin with `#` are remarks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factories.people import make_account, make_officer
from trainhub.app import ROOMS, create_app
from trainhub.config import read_settings
from trainhub.kernel.db import db, transaction
from trainhub.people.limits import limiter
from trainhub.separation.duties import Duty

TABLES = Path(__file__).parent / "access"
GUARDS_SAY = {
    "Please sign in first.": "sign in",
    "This page belongs to a duty that you do not hold.": "no duty",
    "This page is closed.": "closed",
}
NOBODY, WITHOUT_DUTY = "nobody", "signed in, without a duty"
IDENTITIES = [NOBODY, WITHOUT_DUTY, *(duty.value for duty in Duty)]


@dataclass(frozen=True, order=True)
class Route:
    """A method and an address, the room it belongs to and what its view demands."""

    method: str
    rule: str
    room: str
    guard: str

    @property
    def line(self) -> str:
        return f"{self.method} {self.rule} | {self.guard}"


def routes_of(app) -> list[Route]:
    rooms = {blueprint.name: room.name.rpartition(".")[2] for room in ROOMS for blueprint in room.blueprints}
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        guard = getattr(app.view_functions[rule.endpoint], "__guard__", None)
        blueprint = rule.endpoint.rpartition(".")[0]
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            plain = re.sub(r"<[^:>]*:", "<", rule.rule)
            found.append(
                Route(method, plain, rooms.get(blueprint, "kernel"), guard.label if guard else "NONE")
            )
    return sorted(found)


def written_tables() -> dict[tuple[str, str], tuple[str, str]]:
    """(method, address) -> (guard, room)."""
    written: dict[tuple[str, str], tuple[str, str]] = {}
    for file in sorted(TABLES.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            route, _, guard = (part.strip() for part in line.partition("|"))
            method, _, rule = route.partition(" ")
            assert (method, rule) not in written, f"{file.name}: {route} stands twice"
            guard = " + ".join(sorted(part.strip() for part in guard.split("+")))
            written[method, rule.strip()] = (guard, file.stem)
    return written


def browsers_of_all(app):
    """A browser for every identity: nobody, somebody without a duty, and somebody for each duty."""
    with transaction():
        people = {WITHOUT_DUTY: make_account().person}
        people |= {duty.value: make_officer(duty) for duty in Duty}
    browsers = {NOBODY: app.test_client()}
    for name, person in people.items():
        browsers[name] = app.test_client()
        browsers[name].sign_in(person)
    return browsers


@pytest.fixture(scope="module")
def house(migrated, tmp_path_factory):
    """One application for the whole walk, with a browser for every identity."""
    import shutil

    from tests.conftest import Client

    folder = tmp_path_factory.mktemp("walk") / "instance"
    shutil.copytree(migrated, folder)
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    with app.app_context():
        limiter.enabled = False
        yield app, browsers_of_all(app)
        limiter.enabled = True
        db.session.remove()
        db.engine.dispose()


def test_every_route_stands_in_the_table_of_its_room_with_the_guard_it_wears(house):
    app, _ = house
    written = written_tables()
    faults = []
    for route in routes_of(app):
        guard, room = written.pop((route.method, route.rule), (None, None))
        if guard is None:
            faults.append(
                f"not in access/{route.room}.txt: {route.method} {route.rule} (wears: {route.guard})"
            )
        elif guard != route.guard:
            faults.append(f"access/{room}.txt says {guard}, the view wears another: {route.line}")
        elif room != route.room:
            faults.append(f"stands in access/{room}.txt, belongs into access/{route.room}.txt: {route.line}")
    faults += [f"access/{room}.txt: no such route: {' '.join(key)}" for key, (_, room) in written.items()]
    assert not faults, "\n".join(faults)


def test_every_guard_names_real_duties_and_says_why_it_is_open(house):
    app, _ = house
    for endpoint, view in app.view_functions.items():
        if endpoint == "static":
            continue
        guard = getattr(view, "__guard__", None)
        assert guard is not None, f"{endpoint} wears no guard"
        if guard.label == "open":
            assert len(guard.reason) > 10, f"{endpoint}: say why it is open to all"
        elif guard.label != "signed in":
            assert {Duty(each) for each in guard.label.split(" + ")}, endpoint


def may_enter(identity: str, guard: str) -> bool:
    if guard == "open":
        return True
    if guard == "signed in":
        return identity != NOBODY
    return identity in guard.split(" + ")


def outcome(response) -> str:
    """What the guard did: `sign in`, `no duty`, `closed`, or `entered`; `broken` if the view failed."""
    if response.status_code >= 500 and response.status_code != 503:
        return f"broken ({response.status_code})"
    if response.status_code == 302 and response.headers["Location"].startswith("/sign-in?next="):
        return "sign in"
    said = (response.get_json(silent=True) or {}).get("error") if response.is_json else None
    if response.status_code in (401, 403) and said in GUARDS_SAY:
        return GUARDS_SAY[said]
    return "entered"


def dummy(rule: str) -> str:
    """An address with arguments that nothing has."""
    return re.sub(r"<[^>]*>", "999999", rule)


@pytest.mark.parametrize("identity", IDENTITIES)
def test_a_route_lets_in_whom_its_table_names_and_nobody_else(house, identity):
    app, browsers = house
    browser, written, faults = browsers[identity], written_tables(), []
    for route in sorted(routes_of(app), key=lambda route: route.rule == "/sign-out"):
        guard = written.get((route.method, route.rule), (route.guard, ""))[0]
        response = browser.open(
            dummy(route.rule) + "?lang=en",
            method=route.method,
            headers={"Accept": "application/json"},
            follow_redirects=False,
        )
        wanted = "entered"
        if not may_enter(identity, guard):
            wanted = "sign in" if identity == NOBODY else "no duty"
        if (came := outcome(response)) != wanted:
            faults.append(f"{route.line}: {came} instead of {wanted} ({response.status_code})")
        response.close()
    assert not faults, f"as {identity}:\n" + "\n".join(faults)


def test_a_stranger_is_led_to_the_sign_in_page_and_back(house):
    _, browsers = house
    answer = browsers[NOBODY].get("/account")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/account"
