"""Walking the house in Chromium as one person after another, looking at every page on the way."""

from __future__ import annotations

from itertools import count
from threading import Thread

from flask_babel import force_locale, gettext

from tests.browser.usable import require_usable
from tests.factories.people import begin_session_for
from trainhub.kernel import jobs
from trainhub.kernel.db import db
from trainhub.people.models import Account, Person

ROLES = ("button", "link")
PHONE = {"width": 390, "height": 800}
DESK = {"width": 1280, "height": 800}


def run_jobs(app):
    """Do what waits in the background, as a worker of its own would."""
    with app.app_context():
        jobs.run_pending()
        db.session.remove()


def let_work(page, work):
    """Have the background work of the page that is open done; the page goes on to its result by itself."""
    page.wait_for_url("**/jobs/**")
    work()
    page.wait_for_url(lambda address: "/jobs/" not in address, timeout=30_000)
    page.wait_for_load_state()


class Walk:
    """A walk through the pages: each is looked at by axe, must fit the screen, and is kept as a picture.

    Args:
        browser: Chromium.
        app: whose pages.
        address: where it is served.
        shot: keeps a picture of a page under a name.
    """

    def __init__(self, browser, app, address, shot):
        self.browser, self.app, self.address, self._shot = browser, app, address, shot
        self._numbers = count(1)
        self._contexts = []

    def words(self, text, **values):
        """A text of the pages in Chinese, as the reader sees it."""
        with force_locale("zh_Hans_CN"):
            found = gettext(text, **values)
        assert found != text, f"no Chinese for {text!r}"
        return found

    def as_person(self, username, size=DESK):
        """A window in which somebody is signed in; whoever was there before leaves."""
        self.leave()
        account = db.session.query(Account).filter_by(username=username).one()
        token = begin_session_for(db.session.get_one(Person, account.person_id))
        db.session.rollback()
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        cookie = {"name": "trainhub", "value": serializer.dumps({"sign-in": token}), "url": self.address}
        page = self.as_stranger(size)
        page.context.add_cookies([cookie])
        return page

    def as_stranger(self, size=DESK):
        """A window of somebody who has no account."""
        context = self.browser.new_context(viewport=size, reduced_motion="reduce")
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        return context.new_page()

    def leave(self):
        """Close all windows."""
        while self._contexts:
            self._contexts.pop().close()

    def visit(self, page, path, name=None, status=200):
        """Go to a page by its address and look at it."""
        answer = page.goto(f"{self.address}{path}")
        assert answer.status == status, f"{path}: {answer.status}\n{page.inner_text('main')[:800]}"
        self.look(page, name)

    def look(self, page, name=None):
        """Look at the page that is open now."""
        require_usable(page)
        if name:
            self._shot(page, f"{next(self._numbers):02d}-{name}")

    def press(self, page, text, **values):
        """Press the button or follow the link with a text, say yes where the page asks again, and wait."""
        self.press_words(page, self.words(text, **values))

    def press_words(self, page, words):
        """Press the first button or link with these words."""
        main = page.locator("main")
        found = [main.get_by_role(role, name=words, exact=exact) for exact in (True, False) for role in ROLES]
        next((each for each in found if each.count()), found[-1]).first.click()
        sure = page.locator("#confirm-yes")
        if sure.count() and sure.is_visible():
            sure.click()
        page.wait_for_load_state()

    def fetch(self, page, link):
        """The bytes of the file that a link of the page leads to."""
        answer = page.context.request.get(self.address + link.first.get_attribute("href"))
        assert answer.status == 200, answer.url
        return answer.body()

    def wait_for_work(self, page):
        """Let the background work of the page be done; the page goes on to its result by itself."""
        let_work(page, self._work_beside)

    def work(self):
        """Let all background work be done while no window of this walk waits for it.

        A window that waits goes on by itself when its work is done, and would cross the walk's next step.
        """
        waiting = [page.url for context in self._contexts for page in context.pages if "/jobs/" in page.url]
        assert not waiting, f"{waiting} goes on by itself: call wait_for_work"
        self._work_beside()

    def _work_beside(self):
        """Work as in the house: away from the loop that drives the browser."""
        db.session.rollback()
        worker = Thread(target=self._work)
        worker.start()
        worker.join()

    def _work(self):
        run_jobs(self.app)

    def says(self, page, text, **values):
        """Make sure that a page says something."""
        words = self.words(text, **values)
        assert words in page.inner_text("main"), (
            f"{words!r} is not on {page.url}:\n{page.inner_text('main')[:1500]}"
        )
