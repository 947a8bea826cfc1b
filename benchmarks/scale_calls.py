"""What one call of a candidate costs: processor time of web process, database and nginx, bytes, memory.

    python -m benchmarks.scale_calls [--candidates 600] [--keep]

nginx with the files of `deploy/` stands in front of one process of the examination, on a PostgreSQL that
writes to disk. Candidates of a process of their own begin, save, show that they live, and hand in, 32 at
once. Counted is processor time as the kernel tells it for each process, which other work on the machine
changes little; not how long anything took. ``--keep`` writes the figures into ``benchmarks/scale.json``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import random
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests import servers
from tests.deploy.front import NAME, Front
from tests.factories.delivery import (
    Body,
    Choice,
    OpenPaper,
    PaperQuestion,
    make_seated_candidate,
    make_seated_sitting,
)
from tests.factories.people import make_id_number, make_person
from trainhub import create_app
from trainhub.cli.databases import prepare
from trainhub.config import read_settings
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.models import Attempt
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction

INPUTS = Path(__file__).with_name("scale.json")
ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 32
SAVES = 10
TICK = os.sysconf("SC_CLK_TCK")
PAPER = "P-SCALE"
Call = tuple[str, str, dict[str, str], bytes | None]


def paper() -> OpenPaper:
    """A paper of a hundred questions, as long as those of the real banks, no two alike."""
    chance = random.Random(1)
    words = "生产经营单位发现直接危及从业人员人身安全紧急情况时有权停止作业或者在采取可能应急措施后撤"
    words += "离场所报告负责人检查设备电气火灾触电高处坠落防护用品培训考核监督管理责任制度隐患排查治理"

    def text(length: int) -> str:
        return "".join(chance.choice(words) for _each in range(length))

    kinds = ["true_false"] * 70 + ["single"] * 20 + ["multiple"] * 10
    items = []
    for number, kind in enumerate(kinds, 1):
        options = () if kind == "true_false" else tuple(Choice(key, text(16)) for key in "ABCD")
        items.append(PaperQuestion(number, kind, 1, Body(text(48), options)))
    return OpenPaper(tuple(items))


def application() -> Any:
    """Return the program as it serves, with a paper laid before it that a sealed one would give."""
    from trainhub.cli.serving import application as served

    app = served()
    app.extensions["opened-papers"] = {(PAPER, os.environ["SCALE_SITTING"]): paper()}
    return app


def serve(port: int) -> None:
    """Serve it as `trainhub serve` does."""
    from granian import Granian
    from granian.constants import Interfaces

    from trainhub.cli.serving import THREADS

    Granian(
        "benchmarks.scale_calls:application",
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        websockets=False,
        factory=True,
        log_enabled=False,
    ).serve()


def candidates(url: str, folder: Path, count: int) -> tuple[str, list[tuple[str, str]]]:
    """Make a sitting with candidates who were let in; gives its code, and code and token of each attempt."""
    found = []
    settings = {"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_DATABASE_URL": url}
    prepare(read_settings(settings))
    with create_app(read_settings(settings)).app_context():
        with transaction():
            sitting = make_seated_sitting(paper_code=PAPER)
            for number in range(1, count + 1):
                born = date(1960, 1, 1) + timedelta(days=number)
                person = make_person(id_number=make_id_number(born))
                candidate = make_seated_candidate(sitting, number, person)
                token = f"token-{number:06d}-{candidate.ticket_number}"
                attempt = Attempt(candidate_id=candidate.id, sitting_id=sitting.id, admitted_at=clock.now())
                attempt.token_hash, attempt.machines = hash_token(token), 1
                db.session.add(attempt)
                db.session.flush()
                found.append((attempt.code, token))
            code = sitting.code
        db.session.remove()
        db.engine.dispose()
    return code, found


# ---- the candidates, in a process of their own


def _headers(code: str, token: str) -> dict[str, str]:
    headers = {"X-Attempt": code, "Cookie": f"trainhub-attempt={token}", "Host": NAME}
    return headers | {"Content-Type": "application/json", "Accept": "application/json"}


def _send(port: int, trusted: str, calls: list[list[Call]], answers: Any) -> None:
    """Send each list of calls over a connection of its own, some at once; what came back by list."""
    context = ssl.create_default_context(cafile=trusted)
    waiting = list(enumerate(calls))
    came: dict[int, list[tuple[int, str]]] = {}
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                number, own = waiting.pop()
            line = socket.create_connection(("127.0.0.1", port))
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.sock = context.wrap_socket(line, server_hostname=NAME)
            got = []
            for method, path, headers, body in own:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                got.append((answer.status, content.decode("utf-8", "replace")))
            connection.close()
            came[number] = got

    threads = [threading.Thread(target=work) for _each in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put([came[number] for number in range(len(calls))])


def send(front: Front, calls: list[list[Call]]) -> list[list[tuple[int, str]]]:
    """Have a process of candidates send calls; every one must be answered 200."""
    answers: Any = multiprocessing.Queue()
    trusted = str(front.folder / "tls" / "fullchain.pem")
    sender = multiprocessing.Process(target=_send, args=(front.port, trusted, calls, answers))
    sender.start()
    came: list[list[tuple[int, str]]] = answers.get()
    sender.join()
    wrong = [answer for own in came for answer in own if answer[0] != 200]
    assert not wrong, wrong[:3]
    return came


# ---- what it costs


def tree(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += tree(int(child))
    return found


def cpu_ms(pids: list[int]) -> float:
    """Processor time that processes have used, with that of their ended children."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total * 1000 / TICK


def memory_mb(pids: list[int]) -> float:
    """Memory that processes hold; what several share is counted once."""
    kilobytes = 0
    for pid in pids:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
        kilobytes += int(found[1]) if found else 0
    return kilobytes / 1024


class Meter:
    """Reads what the parts of the house have used."""

    def __init__(self, web: int, database: int, nginx: int) -> None:
        self._roots = {"web": web, "database": database, "nginx": nginx}

    def read(self) -> dict[str, float]:
        """Processor time of each part so far."""
        return {part: cpu_ms(tree(root)) for part, root in self._roots.items()}

    def cost(self, act: Callable[[], Any], calls: int) -> dict[str, float]:
        """Processor time of each part for one of the calls that an act makes."""
        before = self.read()
        act()
        after = self.read()
        return {part: round((after[part] - before[part]) / calls, 3) for part in before}


def count(front: Front, web: int, attempts: list[tuple[str, str]]) -> dict[str, Any]:
    """Have the candidates sit their exam, and return what each kind of call cost."""
    database = json.loads((servers.shared_folder() / "postgres" / "ready.json").read_text())["pid"]
    meter = Meter(web, database, front.pid)
    who = [(_headers(code, token)) for code, token in attempts]
    opened: list[list[tuple[int, str]]] = []
    begin: list[list[Call]] = [[("POST", "/exam/attempt/start", each, b"{}")] for each in who]

    def open_all() -> None:
        # The form's address stands in the answer to the beginning: two lists of calls.
        opened.extend(send(front, begin))
        forms = [json.loads(own[0][1])["form"]["address"] for own in opened]
        send(front, [[("GET", form, each, None)] for form, each in zip(forms, who, strict=True)])

    # The first calls prepare the form and start threads and connections; they are not counted.
    send(front, [*begin[:1], *[[("GET", "/exam/attempt/state", each, None)] * 4 for each in who]])
    empty = memory_mb(tree(web))
    cost = {"opening": meter.cost(open_all, len(who))}
    saves = [[_save(each, number) for number in range(1, SAVES + 1)] for each in who]
    cost["save"] = meter.cost(lambda: send(front, saves), len(who) * SAVES)
    beats = [
        [("POST", "/exam/attempt/journal", each, b'{"changes":[],"beacon":null}')] * SAVES for each in who
    ]
    cost["beat"] = meter.cost(lambda: send(front, beats), len(who) * SAVES)
    full = memory_mb(tree(web))
    last = json.dumps({"last_sequence": SAVES}).encode()
    ends: list[list[Call]] = [[("POST", "/exam/attempt/hand-in", each, last)] for each in who]
    cost["hand_in"] = meter.cost(lambda: send(front, ends), len(who))
    memory = {
        "web_process_mb": round(empty),
        "web_kb_per_attempt": round((full - empty) * 1024 / len(who), 1),
    }
    return {"cpu_ms": cost, "memory": memory}


def _save(headers: dict[str, str], sequence: int) -> Call:
    change = {"sequence": sequence, "position": sequence, "response": None, "flagged": True}
    change |= {"how": "pointer", "shown_ms": 41_250}
    return (
        "POST",
        "/exam/attempt/journal",
        headers,
        json.dumps({"changes": [change], "beacon": None}).encode(),
    )


def connection_kb(front: Front, connections: int = 400) -> float:
    """Memory of nginx for a candidate's HTTP/2 connection that rests."""
    context = ssl.create_default_context(cafile=str(front.folder / "tls" / "fullchain.pem"))
    context.set_alpn_protocols(["h2"])
    before = memory_mb(tree(front.pid))
    held = []
    for _each in range(connections):
        line = context.wrap_socket(socket.create_connection(("127.0.0.1", front.port)), server_hostname=NAME)
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))
        line.recv(64)
        held.append(line)
    time.sleep(0.5)
    after = memory_mb(tree(front.pid))
    for line in held:
        line.close()
    return round((after - before) * 1024 / connections, 1)


WIRE = re.compile(r"^(?P<method>\S+) (?P<uri>\S+) (?P<came>\d+) (?P<went>\d+)$", re.M)


def wire_bytes(front: Front) -> dict[str, dict[str, int]]:
    """Bytes of HTTP for a call of each kind, as nginx logged them (without those of TLS)."""
    time.sleep(0.5)
    sums: dict[str, list[tuple[int, int]]] = {}
    for found in WIRE.finditer((front.folder / "wire.log").read_text()):
        kind = found["uri"].removeprefix("/exam/attempt/").partition("/")[0]
        sums.setdefault(kind, []).append((int(found["came"]), int(found["went"])))
    journal = sums["journal"]
    half = len(journal) // 2
    parts = {"save": journal[:half], "beat": journal[half:], "hand_in": sums["hand-in"]}
    wire = {kind: _mean(rows) for kind, rows in parts.items()}
    start, form = _mean(sums["start"]), _mean(sums["form"])
    wire["opening"] = {way: start[way] + form[way] for way in ("in", "out")}
    return wire


def _mean(rows: list[tuple[int, int]]) -> dict[str, int]:
    return {
        "in": round(sum(r[0] for r in rows) / len(rows)),
        "out": round(sum(r[1] for r in rows) / len(rows)),
    }


def page_and_files(front: Front) -> dict[str, int]:
    """Bytes of the candidate's page with what it loads, packed as a browser asks for it."""
    went = 0
    with front.browser() as browser:
        page = browser.get("/exam/attempt", headers={"Accept-Encoding": "gzip"})
        went += len(page.content)
        for path in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)):
            with browser.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
                went += sum(len(part) for part in answer.iter_raw())
    return {"in": 0, "out": went}


def main() -> None:
    """Count, print, and keep if asked."""
    parser = argparse.ArgumentParser(description="What one call of a candidate costs.")
    parser.add_argument("--candidates", type=int, default=600)
    parser.add_argument("--keep", action="store_true", help="write the figures into scale.json")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    wish = parser.parse_args()
    if wish.serve:
        serve(wish.serve)
        return
    os.environ[servers.DURABLE] = "1"
    url = servers.create_database()
    with tempfile.TemporaryDirectory() as folder:
        found = _in(Path(folder), url, wish.candidates)
    print(json.dumps(found, indent=2))
    if wish.keep:
        _keep(found, wish.candidates)


def _in(folder: Path, url: str, people: int) -> dict[str, Any]:
    sitting, attempts = candidates(url, folder / "instance", people)
    port = servers.free_port()
    settings = {"TRAINHUB_INSTANCE": str(folder / "instance"), "TRAINHUB_DATABASE_URL": url}
    settings |= {"TRAINHUB_PUBLIC_URL": f"https://{NAME}", "TRAINHUB_PROXIES": "1", "SCALE_SITTING": sitting}
    settings |= {"TRAINHUB_SIDE": "exam"}
    command = [sys.executable, "-m", "benchmarks.scale_calls", "--serve", str(port)]
    with (folder / "serve.log").open("wb") as log:
        web = subprocess.Popen(command, env=os.environ | settings, cwd=ROOT, stdout=log, stderr=log)
    front = Front(
        folder / "nginx", dict.fromkeys(("exam", "training", "oversight"), [port]), connections=2048
    )
    wire = "log_format wire '$request_method $uri $request_length $bytes_sent';\n"
    wire += f"access_log {folder}/nginx/wire.log wire;\n"
    with (folder / "nginx" / "conf.d" / "00-test.conf").open("a") as file:
        file.write(wire)
    try:
        front.start()
        until = time.monotonic() + 60
        with front.browser() as browser:
            while browser.get("/readyz").status_code != 200:
                assert time.monotonic() < until, (folder / "serve.log").read_text()
                time.sleep(0.2)
        found = count(front, web.pid, attempts)
        found["wire_bytes"] = wire_bytes(front) | {"page_and_files": page_and_files(front)}
        found["memory"]["nginx_kb_per_connection"] = connection_kb(front)
        return found
    finally:
        front.stop()
        web.terminate()
        web.wait(timeout=30)


def _keep(found: dict[str, Any], people: int) -> None:
    inputs = json.loads(INPUTS.read_text(encoding="utf-8"))
    said = {
        "cpu_ms": f"Processor time as the kernel counts it: one web process, {people} candidates, {AT_ONCE} "
        "calls at once, nginx with TLS in front, PostgreSQL that writes to disk, one machine of two cores.",
        "memory": f"Before and after {people} attempts; connections are HTTP/2 that rest.",
        "wire_bytes": "Bytes are those of HTTP/1.1 without TLS; a browser's headers add some hundred.",
    }
    for block, words in said.items():
        inputs[block] = {"measured": words} | found[block]
    INPUTS.write_text(json.dumps(inputs, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
