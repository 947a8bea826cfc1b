"""A house to arrange sittings in."""

from typing import NamedTuple

import pytest

from tests.factories.people import make_officer
from tests.factories.sites import make_centre
from tests.worlds import built_once
from trainhub.kernel.db import transaction
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty


class House(NamedTuple):
    """Who acts in the tests of sittings."""

    centre: Organisation
    by: Person
    second: Person


@pytest.fixture
@built_once
def house(app):
    """An exam centre with two colleagues who arrange sittings."""
    with transaction():
        centre = make_centre()
        by = make_officer(Duty.ARRANGE_SITTINGS, centre)
        second = make_officer(Duty.ARRANGE_SITTINGS, centre)
    return House(centre, by, second)
