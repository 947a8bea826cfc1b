"""Record what one candidate's page sends in a real Chromium; load generators send the same in proportion.

    python -m benchmarks.record_attempt [--minutes 4] [--output trainhub/cli/recorded_attempt.json]

The candidate answers as people do: a change about every 50 seconds. What comes once (entering, scripts,
start, form, hand-in) and what comes again and again (changes, beats) are told apart, with the head lines that
Chromium sends and the bytes of each.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

from tests.browser.sitting_down import ENDED, enter, part
from tests.factories import delivery as factory
from trainhub import create_app, regulations
from trainhub.cli import answers_recorded
from trainhub.config import read_settings
from trainhub.exams import delivery
from trainhub.kernel import keys, migrations
from trainhub.kernel.db import db, transaction
from trainhub.people.persons import id_number_of

EVERY_S = 50
OUTPUT = Path(answers_recorded.__file__).with_name("recorded_attempt.json")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
STARTS_SLOWLY_MS = 20_000
OWN = ("host", "cookie", "content-length", "connection", "x-attempt", "x-csrftoken", "if-none-match")
"""Head lines that are another for each candidate, or that the connection adds."""
SAID_ALIKE = ("camera", "events")
"""Calls whose body is the same whoever sits there."""


def candidate_of(folder: Path) -> tuple[Any, tuple[str, str]]:
    """Make an application with one candidate who was let in."""
    keys.create_missing_keys(folder / "keys")
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
    with app.app_context():
        migrations.upgrade(db.engine)
        with transaction():
            regulations.load_figures()
        sitting = factory.make_seated_sitting(paper_code="P-RECORDED")
        factory.lay_out_paper(app, sitting)
        candidate = factory.make_seated_candidate(sitting, 1)
        delivery.admit(candidate, by=candidate.person)
        entry = candidate.ticket_number, id_number_of(candidate.person)[-6:]
        db.session.commit()
        db.session.remove()
    return app, entry


def kind_of(request: Request) -> str:
    """Name what a request is for, whatever its address holds."""
    path = urlsplit(request.url).path
    if path.startswith("/static/"):
        return "static"
    if path.startswith("/exam/attempt/form/"):
        return "form"
    if path == "/exam/attempt/journal":
        return "change" if json.loads(request.post_data or "{}").get("changes") else "beat"
    return {"/exam/attempt": "page", "/exam/attempt/enter": "enter"}.get(path, path.rpartition("/")[2])


def sit(page: Page, address: str, entry: tuple[str, str], minutes: float) -> None:
    """Enter, begin, answer at a person's pace, hand in."""
    chance = random.Random(4)
    enter(page, address, entry)
    expect(part(page, "start")).to_be_enabled(timeout=STARTS_SLOWLY_MS)
    part(page, "start").click()
    expect(page.locator('[data-view="working"]')).to_be_visible()
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until:
        page.wait_for_timeout(chance.uniform(0.6, 1.4) * EVERY_S * 1000)
        page.keyboard.press("1")
        page.keyboard.press("ArrowRight")
    expect(part(page, "saving")).to_have_attribute("data-state", "saved")
    part(page, "hand-in").click()
    part(page, "hand-in-now").click()
    expect(page.locator(ENDED)).to_be_visible()


def record(minutes: float) -> list[dict[str, Any]]:
    """Return every request of one attempt: when, what for, with which head lines, how large."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        app, entry = candidate_of(Path(name))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.port}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            page = browser.new_page()
            began = time.monotonic()
            finished: list[tuple[float, Request]] = []
            page.on("requestfinished", lambda request: finished.append((time.monotonic(), request)))
            sit(page, address, entry, minutes)
            rows += [told_of(request, at - began, address) for at, request in finished]
            browser.close()
        server.shutdown()
    return rows


def told_of(request: Request, at_s: float, address: str) -> dict[str, Any]:
    """Return what is kept of a request; what is the candidate's own is left out."""
    sizes = request.sizes()
    heads = {
        name: value.replace(address, "{address}")
        for name, value in request.all_headers().items()
        if name not in OWN and not name.startswith(":")
    }
    return {
        "at_s": round(at_s, 2),
        "kind": kind_of(request),
        "method": request.method,
        "path": urlsplit(request.url).path,
        "status": request.response().status,
        "up": sizes["requestHeadersSize"] + sizes["requestBodySize"],
        "down": sizes["responseHeadersSize"] + sizes["responseBodySize"],
        "heads": heads,
        "body": request.post_data or "",
    }


def proportion(rows: list[dict[str, Any]], minutes: float) -> dict[str, Any]:
    """Return what load generators need: per kind how often, with which head, the middle size each way."""
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        kinds[row["kind"]].append(row)
    told = {
        kind: {
            "count": len(found),
            "up_bytes": round(median(row["up"] for row in found)),
            "down_bytes": round(median(row["down"] for row in found)),
            "heads": found[0]["heads"],
            "method": found[0]["method"],
            "path": found[0]["path"],
            "body": found[0]["body"] if kind in SAID_ALIKE else "",
        }
        for kind, found in kinds.items()
    }
    # What Chromium had kept already it did not ask for: such a row has no bytes.
    scripts = dict.fromkeys(row["path"] for row in kinds["static"] if row["down"])
    return {
        "minutes": minutes,
        "change_every_s": EVERY_S,
        "beat_every_s": round(median(pauses(rows)), 1),
        "kinds": told,
        "statics": list(scripts),
        "requests": [{key: row[key] for key in ("at_s", "kind", "status", "up", "down")} for row in rows],
    }


def pauses(rows: list[dict[str, Any]]) -> list[float]:
    """Return the seconds from each sign of life back to what was sent before it."""
    sent = [row for row in rows if row["kind"] in ("start", "change", "beat")]
    return [row["at_s"] - before["at_s"] for before, row in pairwise(sent) if row["kind"] == "beat"]


def main() -> None:
    """Record and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    found = proportion(record(arguments.minutes), arguments.minutes)
    arguments.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for kind, facts in found["kinds"].items():
        print(f"{kind:<8} {facts['count']:>3}  {facts['up_bytes']:>5} up  {facts['down_bytes']:>6} down")


if __name__ == "__main__":
    main()
