"""On PostgreSQL: the figures load, and two officers at once still issue one certificate per result."""

import threading

import pytest
from sqlalchemy import func, select

from tests.factories.certificates import Story
from tests.on_postgres import application_on_postgres
from trainhub import regulations
from trainhub.certificates.issuing import issue_for_sitting
from trainhub.certificates.models import Certificate
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict

pytestmark = pytest.mark.postgres


@pytest.fixture
def app(tmp_path):
    """An application on a PostgreSQL database of its own."""
    with application_on_postgres(tmp_path) as application:
        yield application


def test_two_officers_at_once_issue_one_certificate_for_each_result(app):
    story = Story(names=tuple(f"考生{n}" for n in range(12)))
    with transaction():
        officers = [story.issuer.id, story.other_issuer.id]
    gate = threading.Barrier(2)
    counts = []

    def one_officer(by_id):
        with app.app_context():
            gate.wait()
            try:
                counts.append(issue_for_sitting(story.code, by_id))
            except Conflict:
                counts.append(0)

    threads = [threading.Thread(target=one_officer, args=(each,)) for each in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 12
    assert db.session.scalar(select(func.count(Certificate.id))) == 12
    assert db.session.scalar(select(func.count(Certificate.result_id.distinct()))) == 12


def test_unlimited_is_kept_apart_from_unknown(app):
    with transaction():
        regulations.load_figures()

    assert any(row.value is None and row.key == "exam.theory.retakes" for row in regulations.figures())
