"""nginx in front of two web processes that really run: pages, sign-in, exam, addresses, files, a fall."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.deploy.front import NAME, ROOT, SIDES, Front
from tests.deploy.house_redis import house_redis
from tests.deploy.web import Web
from tests.factories.delivery import make_seated_sitting, make_working_attempt
from tests.factories.people import make_person
from trainhub import create_app
from trainhub.config import read_settings
from trainhub.exams.delivery.gate import LARGEST_BODY
from trainhub.kernel.db import db, transaction
from trainhub.people.sign_in import open_account

pytestmark = pytest.mark.redis

PASSWORD = "a-long-password"


@pytest.fixture(scope="module")
def instance(migrated, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("behind") / "instance"
    shutil.copytree(migrated, folder)
    return folder


@pytest.fixture(scope="module")
def candidate(instance) -> dict[str, str]:
    """What the machine of a candidate at work sends with every call; there is an account as well."""
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(instance)}))
    with app.app_context():
        with transaction():
            open_account(make_person("王芳"), "wang.fang", PASSWORD, by=None)
        attempt, token = make_working_attempt(make_seated_sitting())
        headers = {"X-Attempt": attempt.code, "Cookie": f"trainhub-attempt={token}"}
        db.session.remove()
        db.engine.dispose()
    return headers | {"Accept": "application/json"}


@pytest.fixture(scope="module")
def counting(tmp_path_factory):
    """Redis with the settings of the house: addresses are counted for all processes together."""
    with house_redis(tmp_path_factory.mktemp("redis")) as addresses:
        yield addresses["exam"]


@pytest.fixture(scope="module")
def processes(instance, candidate, counting, tmp_path_factory):
    front_name = f"https://{NAME}"
    logs = tmp_path_factory.mktemp("logs")
    settings = {"TRAINHUB_INSTANCE": str(instance), "TRAINHUB_PUBLIC_URL": front_name}
    settings |= {"TRAINHUB_SIDE": "exam", "TRAINHUB_PROXIES": "1", "TRAINHUB_REDIS_URL": counting}
    found = [Web(logs / f"{number}.log", **settings) for number in (1, 2)]
    for process in found:
        process.start()
    for process in found:
        process.wait()
    yield found
    for process in found:
        process.kill()


@pytest.fixture(scope="module")
def front(processes, tmp_path_factory):
    ports = [process.port for process in processes]
    running = Front(tmp_path_factory.mktemp("nginx"), dict.fromkeys(SIDES, ports))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def browser(front):
    with front.browser() as client:
        yield client


def change(sequence: int) -> dict[str, object]:
    facts = {"sequence": sequence, "position": 1, "response": "TF"[sequence % 2], "flagged": False}
    return facts | {"how": "pointer", "shown_ms": 1200}


def save(browser: httpx.Client, candidate: dict[str, str], sequence: int) -> httpx.Response:
    return browser.post("/exam/attempt/journal", json={"changes": [change(sequence)]}, headers=candidate)


def test_a_page_comes_over_tls_and_says_so(browser):
    answer = browser.get("/")
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_comes_without_tls_is_sent_to_it(front):
    answer = httpx.get(f"http://127.0.0.1:{front.plain_port}/verify?number=1")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"https://{NAME}/verify?number=1"


def test_who_asks_for_another_name_gets_no_answer(front):
    with front.browser() as client, pytest.raises(httpx.RemoteProtocolError):
        client.get("/", headers={"Host": "elsewhere.example"})


def test_a_browser_that_knows_http_2_is_spoken_to_in_it(front):
    context = ssl.create_default_context(cafile=front.folder / "tls" / "fullchain.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", front.port)) as line:
        with context.wrap_socket(line, server_hostname=NAME) as spoken:
            assert spoken.selected_alpn_protocol() == "h2"


def test_a_sign_in_gives_a_cookie_that_travels_over_tls_alone(browser):
    page = browser.get("/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token is not None
    form = {"username": "wang.fang", "password": PASSWORD, "csrf_token": token[1]}
    answer = browser.post("/sign-in", data=form, headers={"Referer": str(page.url)})
    assert answer.status_code in (302, 303), answer.text[:500]
    cookie = answer.headers["Set-Cookie"]
    assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert browser.get("/account").status_code == 200


def test_an_answer_of_a_candidate_is_taken_and_acknowledged(browser, candidate):
    answer = save(browser, candidate, 1)
    assert answer.status_code == 200, answer.text
    assert answer.json()["last_sequence"] == 1
    state = browser.get("/exam/attempt/state", headers=candidate)
    assert state.json()["last_sequence"] == 1


def test_a_packet_that_no_page_makes_is_refused_before_it_costs_anything(browser, candidate):
    answer = browser.post("/exam/attempt/journal", content=b" " * (LARGEST_BODY + 1), headers=candidate)
    assert answer.status_code == 413


def left(answer: httpx.Response) -> int:
    """How many tries the address has left, as the application counts them."""
    return int(answer.headers["X-RateLimit-Remaining"])


def test_the_application_counts_the_address_of_the_machine_that_asks(front):
    with front.browser(machine="127.0.0.2") as one, front.browser(machine="127.0.0.3") as another:
        assert left(one.get("/verify/0")) - left(one.get("/verify/0")) == 1
        first_of_another = left(another.get("/verify/0"))
        assert first_of_another > left(one.get("/verify/0"))


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"])
def test_nobody_is_somewhere_else_by_saying_so(front, header):
    # Each saying is another address: if one of them were believed, its count would begin anew.
    said = {"Forwarded": "for={}"}.get(header, "{}")
    with front.browser(machine=f"127.0.1.{len(header)}") as client:
        answers = [
            client.get("/verify/0", headers={header: said.format(f"203.0.113.{number}")})
            for number in range(3)
        ]
    assert [left(answers[0]) - left(answer) for answer in answers] == [0, 1, 2]


def test_the_host_that_a_client_names_makes_no_link(browser):
    answer = browser.get("/home", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"})
    assert "evil.example" not in answer.text + str(answer.headers)
    assert "Strict-Transport-Security" in answer.headers


STATIC = sorted(
    path.relative_to(ROOT / "trainhub")
    for path in (ROOT / "trainhub" / "static").rglob("*")
    if path.suffix in {".css", ".js", ".svg", ".png", ".woff2"}
)


def test_a_file_with_its_version_is_kept_for_ever_and_one_without_is_asked_for_again(browser):
    path = f"/{STATIC[0]}"
    assert browser.get(path, params={"v": "1"}).headers["Cache-Control"].endswith("immutable")
    assert browser.get(path).headers["Cache-Control"] == "no-cache"


def test_nginx_serves_a_file_as_the_application_would(browser, processes):
    ours = {"cache-control", "strict-transport-security", "x-content-type-options", "referrer-policy"}
    ours |= {"cross-origin-resource-policy", "cross-origin-opener-policy", "content-security-policy"}
    ours |= {"permissions-policy"}
    behind = f"http://127.0.0.1:{processes[0].port}"
    for suffix in {path.suffix for path in STATIC}:
        path = next(f"/{path}?v=1" for path in STATIC if path.suffix == suffix)
        here = browser.get(path)
        there = httpx.get(behind + path, headers={"X-Forwarded-Proto": "https"})
        assert here.content == there.content
        assert {name: here.headers.get(name) for name in ours} == {
            name: there.headers.get(name) for name in ours
        }, path
        kinds = [answer.headers["Content-Type"].partition(";")[0] for answer in (here, there)]
        assert kinds[0].replace("application/javascript", "text/javascript") == kinds[1]


def test_a_path_out_of_the_folder_of_files_leads_nowhere(browser):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static../app.py"):
        assert browser.get(path).status_code in (400, 404)


# ---- last, for they end processes


def test_both_processes_are_restarted_in_turn_and_the_candidate_notices_nothing(
    browser, front, candidate, processes
):
    last = browser.get("/exam/attempt/state", headers=candidate).json()["last_sequence"]
    acknowledged: list[tuple[int, int | None]] = []
    pages: list[int] = []
    is_over = threading.Event()

    def work() -> None:
        with front.browser() as machine:
            while not is_over.wait(0.15):  # nginx takes ten requests a second of one machine
                sequence = last + len(acknowledged) + 1
                answer = save(machine, candidate, sequence)
                acknowledged.append((answer.status_code, answer.json().get("last_sequence")))
                pages.append(machine.get("/", follow_redirects=True).status_code)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        for process in processes:
            process.end()
            process.start()
            process.wait()
            time.sleep(3)  # as `restart-in-turn` does: nginx tries the process again after two seconds
        is_over.set()
        working.result()

    assert acknowledged == [(200, last + each) for each in range(1, len(acknowledged) + 1)]
    assert set(pages) == {200}
    state = browser.get("/exam/attempt/state", headers=candidate).json()
    assert state["last_sequence"] == last + len(acknowledged) > last + 20


def test_one_process_is_killed_and_the_candidate_notices_nothing(browser, candidate, processes):
    last = browser.get("/exam/attempt/state", headers=candidate).json()["last_sequence"]
    for number in range(1, 21):
        if number == 5:
            processes[0].kill()
        answer = save(browser, candidate, last + number)
        assert (answer.status_code, answer.json().get("last_sequence")) == (200, last + number)
    assert browser.get("/").status_code == 200


def test_when_no_process_is_left_the_page_is_asked_to_wait(browser, candidate, processes):
    for process in processes:
        process.kill()
    answer = save(browser, candidate, 1000)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json() == {"error": "busy"}
    page = browser.get("/")
    assert (page.status_code, page.headers["Cache-Control"]) == (503, "no-store")
    assert "刷新" in page.text and "Reload" in page.text
    assert browser.get(f"/{STATIC[0]}").status_code == 200
