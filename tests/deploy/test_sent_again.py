"""What nginx sends to a second process after the first one fell: what may be repeated, and nothing else."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.deploy.front import Front
from tests.servers import free_port

SENT = 8


class Good(BaseHTTPRequestHandler):
    """Takes a request and answers."""

    protocol_version = "HTTP/1.1"

    def take(self) -> None:
        """Note that the request arrived, whole."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.taken.append(self.path)

    def do_POST(self) -> None:
        self.take()
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


class Falling(Good):
    """Takes a request, and is killed before it answers."""

    def do_POST(self) -> None:
        self.take()
        self.close_connection = True

    do_GET = do_POST


class Busy(Good):
    """Has too much to do."""

    def do_POST(self) -> None:
        self.take()
        self.send_response(503)
        self.send_header("Retry-After", "7")
        self.send_header("Content-Length", "0")
        self.end_headers()


def serving(*kinds, port=0):
    """Servers of these kinds, in threads."""
    servers = [ThreadingHTTPServer(("127.0.0.1", port), kind) for kind in kinds]
    for server in servers:
        server.taken = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return servers


@pytest.fixture
def front_of(tmp_path):
    """Start nginx in front of servers of some kinds; gives a client, and what the servers took."""
    opened = []

    def start(*kinds, also=None):
        servers = serving(*kinds)
        ports = [server.server_port for server in servers] + ([also] if also else [])
        front = Front(tmp_path / "nginx", {"exam": ports, "training": ports, "oversight": ports})
        front.start()
        opened.append((front, servers))
        return front.browser(), [server.taken for server in servers]

    yield start
    for front, servers in opened:
        front.stop()
        for server in servers:
            server.shutdown()


def test_what_may_be_repeated_reaches_a_second_process_when_the_first_fell_over_it(front_of):
    browser, (fell, answered) = front_of(Falling, Good)
    paths = [f"/exam/attempt/{what}" for what in ("journal", "start", "hand-in")] * SENT
    assert [browser.post(path, json={}).status_code for path in paths] == [200] * len(paths)
    assert fell
    assert sorted(answered) == sorted(paths)


@pytest.mark.parametrize("path", ["/exam/attempt/enter", "/sign-in", "/training/classes/A/join"])
def test_what_may_not_be_repeated_is_sent_once_whatever_became_of_it(front_of, path):
    browser, taken = front_of(Falling, Good)
    answers = [browser.post(path).status_code for _each in range(SENT)]
    assert sum(len(each) for each in taken) == SENT
    assert set(answers) == {200, 503}


def test_a_process_with_too_much_to_do_is_not_answered_for_by_its_neighbour(front_of):
    browser, (busy, idle) = front_of(Busy, Busy)
    answer = browser.post("/exam/attempt/journal", json={})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert len(busy) + len(idle) == 1


def test_a_machine_that_floods_is_asked_to_wait_and_its_neighbours_at_the_same_address_are_not(front_of):
    browser, _taken = front_of(Good)
    noisy, quiet = ({"Cookie": f"trainhub-attempt=token-of-{who}-machine"} for who in ("one", "another"))
    # As many as it takes on a slow machine: ten a second are let through, and forty more at once.
    answers = []
    while len(answers) < 2000 and (not answers or answers[-1].status_code == 200):
        answers.append(browser.post("/exam/attempt/journal", json={}, headers=noisy))
    assert len(answers) > 40
    assert (answers[-1].status_code, answers[-1].headers["Retry-After"]) == (503, "2")
    calm = [browser.post("/exam/attempt/journal", json={}, headers=quiet).status_code for _each in range(30)]
    assert calm == [200] * 30


def test_a_process_that_was_away_is_used_again_when_it_is_back(front_of):
    port = free_port()
    browser, (_other,) = front_of(Good, also=port)
    assert [browser.get("/exam/attempt/state").status_code for _each in range(SENT)] == [200] * SENT
    (back,) = serving(Good, port=port)
    until = time.monotonic() + 20
    while not back.taken and time.monotonic() < until:
        assert browser.get("/exam/attempt/state").status_code == 200
    back.shutdown()
    assert back.taken
