"""nginx leads each path to a process of the side that has it; asked of a real nginx for every route."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from werkzeug.routing import Rule

from tests.deploy.front import SIDES, Front
from trainhub import create_app
from trainhub.config import read_settings


class Echo(BaseHTTPRequestHandler):
    """Says which side it stands for; a task that it does not know is no task of its side."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        side = self.server.side
        unknown = self.path.startswith("/jobs/") and side not in self.path
        self.send_response(404 if unknown else 200)
        body = side.encode()
        self.send_header("X-Process", str(self.server.server_port))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    servers, ports = [], {}
    for side in SIDES:
        own = [ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _process in range(2)]
        for server in own:
            server.side = side
            threading.Thread(target=server.serve_forever, daemon=True).start()
        ports[side] = [server.server_port for server in own]
        servers += own
    running = Front(tmp_path_factory.mktemp("nginx"), ports)
    running.start()
    yield running
    running.stop()
    for server in servers:
        server.shutdown()


@pytest.fixture(scope="module")
def routes(migrated):
    """Every route of the house with the sides on which it exists."""
    found: dict[str, set[str]] = {}
    for side in SIDES:
        app = create_app(read_settings({"TRAINHUB_INSTANCE": str(migrated), "TRAINHUB_SIDE": side}))
        for rule in app.url_map.iter_rules():
            if rule.endpoint != "static":
                found.setdefault(example(rule), set()).add(side)
    return found


def example(rule: Rule) -> str:
    """A path of a route, with something in each of its places."""
    values = {name: "training" if rule.rule == "/home/<side>" else "1" for name in rule.arguments}
    built = rule.build(values, append_unknown=False)
    assert built is not None, rule
    return built[1]


def test_nginx_takes_the_configuration_without_a_warning(front):
    said = front.check()
    assert said.returncode == 0, said.stderr
    assert "warn" not in said.stderr


def test_a_board_is_led_to_one_process_and_the_boards_of_a_city_to_all(front):
    def process_of(path: str) -> set[str]:
        return {browser.get(path).headers["X-Process"] for _again in range(6)}

    with front.browser() as browser:
        led = [process_of(f"/exam/desk/S-{number}/board") for number in range(20)]
        assert {len(each) for each in led} == {1}
        assert len(set.union(*led)) == 2
        assert len(process_of("/exam/desk/S-1")) == 2


def test_every_path_is_answered_by_a_side_that_has_it(front, routes):
    wrong = {}
    with front.browser() as browser:
        for path, sides in routes.items():
            answer = browser.get(path)
            if answer.text not in sides and not path.startswith("/jobs/"):
                wrong[path] = (answer.status_code, answer.text, sides)
    assert len(routes) > 150
    assert wrong == {}


@pytest.mark.parametrize("side", SIDES)
def test_a_home_page_comes_from_its_own_side(front, side):
    with front.browser() as browser:
        assert browser.get(f"/home/{side}").text == side


@pytest.mark.parametrize("path", ["", "/state"])
@pytest.mark.parametrize("side", ["exam", "training"])
def test_a_task_is_found_on_whichever_wing_it_was_begun(front, side, path):
    with front.browser() as browser:
        answer = browser.get(f"/jobs/{side}{path}")
    assert (answer.status_code, answer.text) == (200, side)


def test_a_task_that_nobody_knows_is_not_found(front):
    with front.browser() as browser:
        assert browser.get("/jobs/nobodys").status_code == 404
