"""Wherever the house leads somebody, they may go: every role of the demo follows what its pages show."""

import html
import re
import shutil
from collections import Counter, deque

import pytest
from werkzeug.exceptions import HTTPException

from tests.conftest import Client
from tests.factories.people import begin_session_for
from trainhub.app import create_app
from trainhub.config import read_settings
from trainhub.demo import cast
from trainhub.kernel.db import db
from trainhub.people.limits import limiter
from trainhub.people.models import Account, Person

pytestmark = pytest.mark.long

OF_A_KIND = 2
"""So many addresses of one page are followed: the others differ by what they show."""
LINKS = re.compile(r'<a\b[^>]*?href="(/[^/"][^"#]*)')


@pytest.fixture(scope="module")
def house(built_demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("links") / "instance"
    shutil.copytree(built_demo, folder)
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    return app


def page_of(app, address):
    """The page that an address leads to; an address that no page has is its own."""
    try:
        return app.url_map.bind("").match(address.partition("?")[0])[0]
    except HTTPException:
        return address


def closed_doors(app, client):
    """What was led to and did not open, as address, status and the page that led there."""
    waiting = deque((f"/home/{side}", "") for side in ("training", "exam", "oversight"))
    seen, followed, closed = set(), Counter(), []
    while waiting:
        address, source = waiting.popleft()
        page = page_of(app, address)
        if address in seen or "lang=" in address or page == "static" or followed[page] >= OF_A_KIND:
            continue
        seen.add(address)
        followed[page] += 1
        answer = client.get(address)
        if answer.status_code >= 400:
            closed.append((address, answer.status_code, source))
        elif answer.location:
            waiting.append((answer.location, address))
        elif answer.mimetype == "text/html":
            waiting += [(html.unescape(link), address) for link in LINKS.findall(answer.text)]
    return closed


@pytest.mark.parametrize("username", [role.username for role in cast.EVERYBODY])
def test_no_link_leads_to_a_closed_door(house, username):
    with house.app_context():
        limiter.reset()
        client = house.test_client()
        person_id = db.session.query(Account).filter_by(username=username).one().person_id
        token = begin_session_for(db.session.get_one(Person, person_id))
        db.session.rollback()
        with client.session_transaction() as session:
            session["sign-in"] = token
        assert closed_doors(house, client) == []
        db.session.remove()
