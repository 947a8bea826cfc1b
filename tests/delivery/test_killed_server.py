"""A server that is killed before, after and within an acknowledgement loses nothing that it acknowledged."""

import http.client
import json
import random
import threading
import time

import pytest

from tests.delivery.server import Server
from tests.factories.delivery import make_seated_sitting, make_working_attempt
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.delivery.reading import is_intact
from trainhub.kernel.db import db

CANDIDATES = 6
CHANGES = 150
KILLS = 3


class Candidate(threading.Thread):
    """Sends change after change and keeps its own list of what was acknowledged, outside the server."""

    def __init__(self, port, code, token):
        super().__init__(daemon=True)
        self.port, self.code, self.token = port, code, token
        self.acknowledged, self.made = {}, []

    def run(self):
        chance = random.Random(self.code)
        for sequence in range(1, CHANGES + 1):
            change = {"sequence": sequence, "position": chance.randint(1, 4), "response": chance.choice("TF")}
            change |= {"flagged": False, "how": "pointer", "shown_ms": sequence}
            self.made.append(change)
            while sequence not in self.acknowledged:
                self._send(self.made[-chance.randint(1, 3) :])

    def _send(self, packet):
        headers = {"Authorization": f"Bearer {self.token}", "X-Attempt": self.code}
        headers |= {"Content-Type": "application/json", "Accept": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/exam/attempt/journal", json.dumps({"changes": packet}), headers)
            answer = connection.getresponse()
            body = json.loads(answer.read())
            assert answer.status in (200, 503), body
            if answer.status == 200:
                for number, link in body["links"].items():
                    assert self.acknowledged.setdefault(int(number), link) == link
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            time.sleep(0.05)
        finally:
            connection.close()


@pytest.fixture
def server(app):
    running = Server(app.config["SETTINGS"].instance)
    yield running
    running.kill()


def test_what_was_acknowledged_is_there_after_the_server_was_killed(app, server):
    sitting = make_seated_sitting()
    room = [make_working_attempt(sitting, seat) for seat in range(1, CANDIDATES + 1)]
    candidates = {attempt.id: Candidate(server.port, attempt.code, token) for attempt, token in room}
    db.session.remove()
    server.start()

    for candidate in candidates.values():
        candidate.start()
    for _kill in range(KILLS):
        time.sleep(random.uniform(0.2, 0.6))
        server.kill()
        server.start()
    for candidate in candidates.values():
        candidate.join(60)

    for attempt_id, candidate in candidates.items():
        rows = {row.sequence: row for row in db.session.query(Response).filter_by(attempt_id=attempt_id)}
        assert len(candidate.acknowledged) == len(rows) == CHANGES
        assert {number: row.link for number, row in rows.items()} == candidate.acknowledged
        assert [rows[each["sequence"]].response for each in candidate.made] == [
            json.dumps(each["response"]) for each in candidate.made
        ]
        assert is_intact(db.session.get(Attempt, attempt_id))
