"""On PostgreSQL: the same questions are asked of the tables, and answered."""

import pytest

from tests.factories.statistics import make_items, make_marked, usual
from tests.on_postgres import application_on_postgres
from trainhub.exams.bank.statistics.flags import FlagKind
from trainhub.exams.marking.elsewhere import elsewhere
from trainhub.exams.marking.shown_figures import behaviours_of
from trainhub.exams.sittings import get_sitting
from trainhub.kernel.db import transaction

pytestmark = pytest.mark.postgres


@pytest.fixture
def app(tmp_path):
    """An application on a PostgreSQL database of its own."""
    with application_on_postgres(tmp_path) as application:
        yield application


def leaked(ability, place, chance):
    return "B" if place == 9 else usual(ability, place, chance)


def test_a_sitting_is_compared_with_the_one_before(app):
    with transaction():
        staff, codes = make_items(10)
        before = make_marked(codes, 60, centre=staff.centre, seed=6, days_ago=30).code
        now = make_marked(codes, 60, centre=staff.centre, choose=leaked).code
    (behaviour,) = behaviours_of(get_sitting(now))
    assert behaviour.report.candidates == 60
    assert FlagKind.DRIFTING in {flag.kind for flag in behaviour.report.items[9].flags}
    (earlier,) = elsewhere(get_sitting(now), [codes[9]])[codes[9]]
    assert (earlier.sitting.code, earlier.version, earlier.sat.candidates) == (before, 1, 60)
