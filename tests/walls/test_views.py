"""Views: one guard each, a deed wears @writes, and what only looks never does."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import trainhub
from trainhub.app import ROOMS, Side, rooms_of
from trainhub.kernel.access import open_to_all, signed_in

PACKAGE = Path(trainhub.__file__).parent
READS_BY_POST = {
    "verify.by_file": "the file is judged and forgotten",
    "delivery.attempt_with_key": "a key of the locked browser may stand in no address",
    "objections.found": "leads to a page; what was typed may stand in no address",
}
"""Views that are asked by POST and write nothing: endpoint -> why."""


def views(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            yield rule, app.view_functions[rule.endpoint]


def test_every_view_that_takes_a_post_is_one_deed(app):
    bare = sorted(
        {
            rule.endpoint
            for rule, view in views(app)
            if rule.methods & {"POST", "PUT", "PATCH", "DELETE"} and not getattr(view, "__writes__", False)
        }
        - set(READS_BY_POST)
    )
    assert bare == [], "wear @writes, or say in READS_BY_POST why nothing is written"


ANSWERS_BY_ITSELF = {
    "cases.watch": "a script asks and is answered in JSON",
    "courses.begin_lesson": "a script asks and is answered in JSON",
    "courses.viewing_beat": "a script asks and is answered in JSON",
    "courses.viewing_confirm": "a script asks and is answered in JSON",
    "attempt.ask": "a script asks and is answered in JSON",
    "attempt.photo": "a script asks and is answered in JSON",
    "people.try_sign_in": "answers the same whatever is wrong, and keeps the count",
    "people.sign_out": "is refused by nothing",
    "papers.set_key": "a wrong password is to be kept, so it answers with its page itself",
}
"""Deeds whose page does not come back by itself: endpoint -> why."""
SAYS_ITS_PAGE = ("take_form", "stand_on", "answered", "_done")


def test_every_deed_says_on_which_page_its_form_stands(app):
    """What is refused comes back on its page, with the reason, and not on a bare one."""
    silent = set()
    for rule, view in views(app):
        inner = inspect.unwrap(view)
        module = inspect.getsource(inspect.getmodule(inner))
        if getattr(view, "__writes__", False) and not _says_its_page(inspect.getsource(inner), module):
            silent.add(rule.endpoint)
    assert silent == set(ANSWERS_BY_ITSELF), "take_form, or say in ANSWERS_BY_ITSELF why not"


def _says_its_page(view, module):
    """By itself, or through what prepares its deed (``writes_prepared``)."""
    prepared = re.findall(r"writes_prepared\(lambda \w+: (\w+)\(", view)
    helpers = [module.partition(f"def {name}(")[2].partition("\ndef ")[0] for name in prepared]
    return any(f"{name}(" in text for text in (view, *helpers) for name in SAYS_ITS_PAGE)


def test_the_list_of_posts_that_only_read_names_nothing_that_is_gone(app):
    stale = [
        endpoint
        for endpoint in READS_BY_POST
        if endpoint not in app.view_functions or getattr(app.view_functions[endpoint], "__writes__", False)
    ]
    assert stale == []


def test_only_what_sends_no_cookie_or_changes_nothing_is_asked_without_a_token(app):
    """The pages of an attempt prove themselves by the attempt's own token in a header, never by a cookie."""
    exempt = app.extensions["csrf"]
    assert exempt._exempt_views == {"trainhub.certificates.public.by_file"}
    assert {
        blueprint if isinstance(blueprint, str) else blueprint.name for blueprint in exempt._exempt_blueprints
    } == {"attempt"}


def test_no_view_that_is_looked_at_is_a_deed(app):
    writing = [
        rule.endpoint
        for rule, view in views(app)
        if "GET" in rule.methods and getattr(view, "__writes__", False)
    ]
    assert writing == []


def test_no_address_changes_anything_by_get_and_post_alike(app):
    both = [rule.endpoint for rule, _ in views(app) if {"GET", "POST"} <= rule.methods]
    assert both == [], "a view for looking and a view for the deed, each with its guard"


def test_a_second_guard_is_refused():
    def view():
        """Nothing."""

    with pytest.raises(TypeError, match="wears a guard already"):
        open_to_all("a test of the wall")(signed_in(view))


def test_no_view_wears_a_guard_outside_its_registration():
    """A guard above `@blueprint.get` would be put on after the bare view was registered."""
    late = []
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                names = [ast.unparse(decorator) for decorator in node.decorator_list]
                routes = [
                    place
                    for place, name in enumerate(names)
                    if name.split("(")[0].rpartition(".")[2] in ("get", "post", "route")
                    and "." in name.split("(")[0]
                ]
                if routes and routes != list(range(len(routes))):
                    late.append(f"{file.name}:{node.lineno} {node.name}: {names}")
    assert late == []


@pytest.mark.parametrize("side", [Side.TRAINING, Side.EXAM, Side.OVERSIGHT])
def test_a_process_of_one_side_holds_no_room_of_another(side):
    assert {room.side for room in rooms_of(side)} <= {"core", side.value}


def test_every_room_says_its_side():
    assert {room.side for room in ROOMS} <= {"core", "training", "exam", "oversight"}


@pytest.mark.parametrize("side", [Side.TRAINING, Side.EXAM, Side.OVERSIGHT])
def test_the_addresses_of_one_side_do_not_exist_in_the_process_of_another(migrated, tmp_path, side):
    import shutil

    from trainhub.app import create_app
    from trainhub.config import read_settings

    folder = tmp_path / "instance"
    shutil.copytree(migrated, folder)
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_SIDE": side.value}))
    prefixes = {"/training": Side.TRAINING, "/exam": Side.EXAM}
    strays = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for prefix, owner in prefixes.items()
        if rule.rule.startswith(prefix + "/") and owner is not side
    ]
    assert strays == []
    assert app.test_client().get("/").status_code == 200
