"""Record what one candidate's page sends in a real Chromium; load generators send the same in proportion.

    python -m benchmarks.record_attempt [--minutes 4] [--output benchmarks/recorded_attempt.json]

The candidate answers as people do: a change about every 50 seconds. What comes once (entering, scripts,
start, form, hand-in) and what comes again and again (changes, beats) are told apart, with the bytes of each.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

from tests.browser.sitting_down import ENDED, enter, part
from tests.factories import delivery as factory
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.exams import delivery
from trainhub.kernel import keys, migrations
from trainhub.kernel.db import db, transaction
from trainhub.people.persons import id_number_of

EVERY_S = 50
OUTPUT = Path(__file__).with_name("recorded_attempt.json")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
STARTS_SLOWLY_MS = 20_000


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
    """Return every request of one attempt: when, what for, how large."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        app, entry = candidate_of(Path(name))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            page = browser.new_page()
            began = time.monotonic()
            finished: list[tuple[float, Request]] = []
            page.on("requestfinished", lambda request: finished.append((time.monotonic(), request)))
            sit(page, f"http://127.0.0.1:{server.port}", entry, minutes)
            for at, request in finished:
                sizes = request.sizes()
                up = sizes["requestHeadersSize"] + sizes["requestBodySize"]
                down = sizes["responseHeadersSize"] + sizes["responseBodySize"]
                facts = {"at_s": round(at - began, 2), "kind": kind_of(request), "method": request.method}
                facts |= {"status": request.response().status, "up": up, "down": down}
                rows.append(facts)
            browser.close()
        server.shutdown()
    return rows


def proportion(rows: list[dict[str, Any]], minutes: float) -> dict[str, Any]:
    """Return what load generators need: per kind how often, and the middle size each way."""
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        kinds[row["kind"]].append(row)
    told = {
        kind: {
            "count": len(found),
            "up_bytes": round(median(row["up"] for row in found)),
            "down_bytes": round(median(row["down"] for row in found)),
            "first_at_s": found[0]["at_s"],
        }
        for kind, found in kinds.items()
    }
    return {
        "minutes": minutes,
        "questions": len(factory.QUESTIONS),
        "change_every_s": EVERY_S,
        "kinds": told,
        "requests": rows,
    }


def main() -> None:
    """Record and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    found = proportion(record(arguments.minutes), arguments.minutes)
    arguments.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found["kinds"], indent=1))


if __name__ == "__main__":
    main()
