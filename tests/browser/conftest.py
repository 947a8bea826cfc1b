"""The application on a port of its own, and a real Chromium that walks it."""

import os
import subprocess
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from tests.browser import old_chromium
from tests.browser.usable import require_usable
from tests.factories.delivery import lay_out_paper, make_seated_candidate, make_seated_sitting
from trainhub.exams import delivery
from trainhub.kernel.db import db
from trainhub.people.persons import id_number_of

ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"
WINDOWLESS = "/usr/bin/chromium-headless-shell"
"""Chromium without its window: the same pages and scripts for three quarters of the time."""
WALKED_IN = os.environ.get(old_chromium.CHROMIUM, WINDOWLESS)
PICTURES = "TRAINHUB_TESTS_PICTURES"
"""Set in the environment, pictures of the pages are kept; taking them costs a tenth of the time."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
ARGUMENTS += old_chromium.ARGUMENTS if WALKED_IN != WINDOWLESS else []
PLAYS_FILMS = [*ARGUMENTS, "--autoplay-policy=no-user-gesture-required"]
"""For a file that says ``CHROMIUM = PLAYS_FILMS``."""


def pytest_collection_modifyitems(items):
    """Begin with the story, the longest test: files run beside each other, and the last runs alone."""
    items.sort(key=lambda item: item.path.name != "test_story.py")


@pytest.fixture
def address(app):
    """Address of the application, which serves every request in a thread of its own."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


FILM_SECONDS = 12


@pytest.fixture(scope="session")
def film_file(tmp_path_factory):
    """A short film with sound, key frames two seconds apart."""
    path = tmp_path_factory.mktemp("film") / "a.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=10", "-f", "lavfi", "-i", "sine=440"]
    options = ["-t", str(FILM_SECONDS + 1), "-c:v", "libx264", "-g", "20", "-sc_threshold", "0"]
    options += ["-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    subprocess.run(["ffmpeg", "-loglevel", "error", *source, *options, str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def playwright():
    """What drives browsers; one runs at a time, so whoever needs another browser starts it with this one."""
    with sync_playwright() as driver:
        driver.selectors.register("nothing", old_chromium.TAUGHT, content_script=True)
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright, request):
    """Chromium, started once for the tests of a file."""
    arguments = getattr(request.module, "CHROMIUM", ARGUMENTS)
    started = playwright.chromium.launch(executable_path=WALKED_IN, args=arguments)
    yield started
    started.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Note whether a test failed, so that its pages can be kept."""
    report = yield
    item.failed = getattr(item, "failed", False) or report.failed
    return report


@pytest.fixture
def browser(chromium, request):
    """Chromium without any window of an earlier test, and none of this one afterwards."""
    yield chromium
    for context in chromium.contexts:
        for number, page in enumerate(context.pages if getattr(request.node, "failed", False) else []):
            keep_picture(page, request, f"failed-{request.node.name}-{number}")
        context.close()


@pytest.fixture
def context(browser):
    """A fresh browser profile at the size of a small screen in an exam room."""
    # Colours that change over a tenth of a second would be judged half-way, now and then.
    return browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")


@pytest.fixture
def admitted(app):
    """Ticket number, digits and attempt of a candidate whom the desk let in."""
    sitting = make_seated_sitting(paper_code="P-BROWSER")
    lay_out_paper(app, sitting)
    candidate = make_seated_candidate(sitting, 7)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    found = candidate.ticket_number, id_number_of(candidate.person)[-6:], attempt.id
    db.session.rollback()
    return found


@pytest.fixture
def axe():
    """Fails where a page does not fit its screen, or axe-core finds something serious or critical on it."""
    return require_usable


@pytest.fixture
def shot(request):
    """Keep a picture of a page among the artefacts, where pictures are wanted."""
    wanted = os.environ.get(PICTURES)
    return lambda page, name: wanted and keep_picture(page, request, name)


def keep_picture(page, request, name):
    """Keep a picture of a page in a folder of the test file's name."""
    folder = ARTEFACTS / request.path.stem.removeprefix("test_")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name.replace('/', '-')}.png", full_page=True)
