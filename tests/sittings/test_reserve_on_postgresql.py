"""On PostgreSQL: the next reserve paper leaves the one before it a paper of the sitting."""

import pytest

from tests.on_postgres import application_on_postgres
from tests.sittings import test_reserve_paper

pytestmark = pytest.mark.postgres
papers = test_reserve_paper.papers


@pytest.fixture
def app(tmp_path):
    """An application on a PostgreSQL database of its own."""
    with application_on_postgres(tmp_path) as application:
        yield application


def test_the_next_reserve_is_given_and_found(papers):
    test_reserve_paper.test_once_the_reserve_is_begun_the_next_is_given_and_it_stays_a_paper_of_the_sitting(
        papers
    )
