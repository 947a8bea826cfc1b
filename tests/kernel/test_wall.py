"""The outer wall: headers on every answer, tokens on every form, errors that help and tell nothing."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Blueprint, send_file
from sqlalchemy import text

import trainhub
from tests.factories.people import make_account
from trainhub.app import create_app
from trainhub.config import read_settings
from trainhub.kernel import web
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused, RuleReference

STATIC = "/static/css/trainhub.css"


@pytest.fixture
def app(app):
    """The application with a few doors behind which things go wrong."""
    trouble = Blueprint("trouble", __name__, url_prefix="/trouble")
    reason = "a test of the wall"

    @trouble.get("/<kind>")
    @open_to_all(reason)
    def fail(kind):
        """Go wrong in a way."""
        raise {
            "invalid": Invalid("这一项不对"),
            "missing": NotFound("没有"),
            "conflict": Conflict("状态不对"),
            "forbidden": Forbidden("不可"),
            "refused": Refused(RuleReference("S-07", "规则的标题", "规则的出处"), ["事实一"]),
            "unforeseen": RuntimeError("password=hunter2 in /srv/secret/path.py"),
        }[kind]

    app.register_blueprint(trouble)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    return app


@pytest.fixture
def signed(app, client):
    """A browser of somebody without a duty."""
    with transaction():
        person = make_account().person
    client.sign_in(person)
    return client


ANSWERS = {
    "a page": ("/", {}),
    "a redirect": ("/account", {}),
    "a static file": (STATIC, {}),
    "JSON": ("/healthz", {}),
    "an error page": ("/nothing/here", {}),
    "an error in JSON": ("/nothing/here", {"Accept": "application/json"}),
    "a refusal": ("/trouble/refused", {}),
    "a failure of ours": ("/trouble/unforeseen", {}),
    "a wrong method": ("/sign-out", {}),
    "a missing static file": ("/static/nothing.css", {}),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_kind_of_answer_wears_the_headers(client, kind):
    address, headers = ANSWERS[kind]
    with client.get(address, headers=headers) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "*" not in policy and "http" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "geolocation=()" in answer.headers["Permissions-Policy"]
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])
        assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]


def test_pages_are_not_kept_by_a_browser_and_versioned_files_are(client):
    assert client.get("/").headers["Cache-Control"] == "no-store"
    with client.get(STATIC + "?v=1") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_file_that_is_handed_out_is_not_kept_by_a_browser(app, client):
    view = open_to_all("a test")(lambda: send_file(io.BytesIO(b"x"), "application/pdf"))
    app.add_url_rule("/a-file", "a-file", view)
    assert client.get("/a-file").headers["Cache-Control"] == "no-store"


def test_a_browser_is_told_to_stay_with_https_where_there_is_https(client):
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "max-age" in client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]


def test_a_site_with_https_sends_its_cookie_over_https_alone(migrated):
    settings = {"TRAINHUB_INSTANCE": str(migrated), "TRAINHUB_PUBLIC_URL": "https://exam.example.cn"}
    assert create_app(read_settings(settings)).config["SESSION_COOKIE_SECURE"] is True


# ---- request forgery


@pytest.fixture
def guarded(app, client):
    """A browser of an application that asks for tokens, as in real life."""
    app.config["WTF_CSRF_ENABLED"] = True
    return client


POSTS = [
    "/sign-in",
    "/sign-out",
    "/account/phone",
    "/account/password",
    "/oversight/people/new",
    "/exam/bank/",
]


@pytest.mark.parametrize("address", POSTS)
def test_a_deed_without_a_token_is_refused(guarded, address):
    answer = guarded.post(address, data={"username": "a", "password": "b", "phone": "13700001111"})
    assert answer.status_code == 400
    assert "请返回" in answer.text or "刷新" in answer.text


def test_a_deed_with_the_token_of_another_browser_is_refused(app, guarded):
    other = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', other.get("/sign-in").text).group(1)
    answer = guarded.post("/sign-in", data={"csrf_token": token, "username": "a", "password": "b"})
    assert answer.status_code == 400


def test_a_deed_with_its_own_token_passes(guarded):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', guarded.get("/sign-in").text).group(1)
    answer = guarded.post("/sign-in", data={"csrf_token": token, "username": "abc", "password": "b"})
    assert answer.status_code == 422, "refused by the door, not by the wall"


def test_the_application_asks_for_tokens_unless_a_test_says_otherwise(migrated):
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(migrated)}))
    assert app.config.get("WTF_CSRF_ENABLED", True) is True
    assert app.test_client().post("/sign-out").status_code == 400


# ---- errors


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        ("invalid", 422, "这一项不对"),
        ("missing", 404, "没有"),
        ("conflict", 409, "状态不对"),
        ("forbidden", 403, "不可"),
        ("refused", 409, "规则的标题"),
    ],
)
def test_a_foreseen_failure_says_what_happened_as_page_and_as_json(client, kind, status, says):
    page = client.get(f"/trouble/{kind}")
    assert page.status_code == status and says in page.text and 'lang="zh' in page.text
    answer = client.get(f"/trouble/{kind}", headers={"Accept": "application/json"})
    assert answer.status_code == status and says in answer.get_json()["error"]
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]


def test_a_refusal_shows_rule_source_and_fact(client):
    page = client.get("/trouble/refused").text
    assert all(words in page for words in ("S-07", "规则的标题", "规则的出处", "事实一"))


def test_a_failure_of_ours_tells_nothing_of_our_inside(client):
    for headers in ({}, {"Accept": "application/json"}):
        answer = client.get("/trouble/unforeseen", headers=headers)
        assert answer.status_code == 500
        for secret in ("hunter2", "secret/path", "RuntimeError", "Traceback"):
            assert secret not in answer.text
        assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("address", ["/nothing/here", "/trouble/unforeseen", "/trouble/invalid"])
def test_error_pages_speak_both_languages(client, address):
    chinese = client.get(address).text
    english = client.get(address + "?lang=en").text
    assert 'lang="zh' in chinese and 'lang="en' in english
    assert re.search("[\u4e00-\u9fff]", chinese)
    body = re.search(r"<main.*</main>", english, flags=re.S).group(0).replace("这一项不对", "")
    assert not re.search("[\u4e00-\u9fff]", body)


def test_a_wrong_method_is_answered_as_such(client):
    assert client.get("/sign-out").status_code == 405


def test_who_is_not_signed_in_gets_a_401_where_json_is_wanted(client):
    answer = client.get("/account", headers={"Accept": "application/json"})
    assert answer.status_code == 401


# ---- size, host, health


def test_a_body_above_the_limit_is_refused_before_it_is_read(app, client):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post("/sign-in", data={"username": "x" * 5000})
    assert answer.status_code == 413
    assert "X-Request-Id" in answer.headers


def test_a_form_of_thousands_of_parts_is_refused(client):
    parts = {f"field{number}": (io.BytesIO(b"1"), "x") for number in range(1500)}
    assert client.post("/sign-in", data=parts).status_code == 413


def test_no_address_is_made_from_what_a_browser_calls_this_host(client):
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        for address in ("/", "/sign-in", "/verify", "/regulations"):
            assert "evil.example" not in client.get(address, headers=headers).text
        assert "evil" not in client.get("/account", headers=headers).headers["Location"]


def test_no_code_writes_addresses_from_the_host_of_a_request():
    for file in Path(trainhub.__file__).parent.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        assert not re.search(r"_external=True|request\.(host|url_root|host_url|base_url)\b", source), (
            f"{file}: use Settings.public_url"
        )


def test_the_process_says_that_it_lives_and_that_it_can_work(client):
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ok"}


def test_a_process_without_its_database_lives_and_cannot_work(app, client, monkeypatch):
    def broken(*_args, **_more):
        raise OSError("password of the database")

    monkeypatch.setattr(web.database.db.session, "execute", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "password" not in answer.text
    assert client.get("/healthz").status_code == 200


def test_a_page_for_one_alone_is_not_kept_by_caches(signed):
    answer = signed.get("/account")
    assert answer.headers["Cache-Control"] == "no-store"
    assert db.session.execute(text("SELECT 1")).scalar() == 1
