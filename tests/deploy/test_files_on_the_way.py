"""What nginx has not passed on yet: in memory, and on the disk nothing but films."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.deploy.front import DEPLOY, SIDES, Front

may_answer = threading.Event()
LARGE = 8 * 1024 * 1024


class Slow(BaseHTTPRequestHandler):
    """A process that takes requests and answers when the test says so."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        """Take the whole request, and wait."""
        self.rfile.read(int(self.headers["Content-Length"]))
        may_answer.wait(20)
        self._answer(b"kept")

    def do_GET(self):
        """Answer with more than fits into the buffers of a connection."""
        self._answer(b"x" * LARGE)

    def _answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_about):
        """Say nothing."""


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    process = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=process.serve_forever, daemon=True).start()
    nginx = Front(tmp_path_factory.mktemp("nginx"), dict.fromkeys(SIDES, [process.server_port]))
    nginx.start()
    yield nginx
    nginx.stop()
    process.shutdown()


@pytest.mark.parametrize(
    ("path", "size", "where"),
    [
        ("/exam/attempt/journal", 120_000, set()),
        ("/exam/attempt/events", 120_000, set()),
        ("/exam/attempt/photo", 900_000, set()),
        ("/exam/items/import", 2_000_000, {"memory"}),
        ("/verify", 2_000_000, {"memory"}),
        ("/training/films", 2_000_000, {"films"}),
    ],
)
def test_what_is_sent_waits_in_memory_and_a_film_alone_on_the_disk(front, path, size, where):
    may_answer.clear()
    answers = []

    def send():
        with front.browser() as browser:
            answers.append(browser.post(path, content=b"a" * size).status_code)

    thread = threading.Thread(target=send)
    thread.start()
    until = time.monotonic() + (5 if where else 1)
    while (held := front.files_of_requests()) != where or (not where and time.monotonic() < until):
        if held - where or time.monotonic() > until:
            break
        time.sleep(0.02)
    may_answer.set()
    thread.join(20)

    assert held == where
    assert answers == [200]


def test_an_answer_that_a_slow_line_has_not_taken_yet_is_in_no_file(front):
    with front.browser() as browser, browser.stream("GET", "/exam/items/export") as answer:
        time.sleep(0.5)
        held = front.files_of_requests()
        taken = sum(len(each) for each in answer.iter_bytes())

    assert held == set()
    assert taken == LARGE


def test_the_unit_and_the_container_have_memory_where_nginx_lays_what_is_sent():
    said = (DEPLOY / "nginx" / "nginx.conf").read_text()
    unit = (DEPLOY / "systemd" / "nginx.service.d" / "trainhub.conf").read_text()
    container = (DEPLOY / "compose" / "compose.yaml").read_text()

    assert "client_body_temp_path /var/lib/nginx/memory;" in said
    assert "\nTemporaryFileSystem=/var/lib/nginx/memory:" in unit
    assert 'tmpfs: ["/var/lib/nginx/memory:' in container
