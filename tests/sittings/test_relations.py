"""Once the separation rules stand, sites and sittings speak to them: nothing is decided past the register."""

import inspect

import pytest

from trainhub import separation
from trainhub.exams.sites import independence
from trainhub.exams.sittings import relations

DEEDS = (
    independence.require_independent,
    relations.state_plan,
    relations.state_paper,
    relations.state_registrations,
    relations.withdraw_registration,
    relations.require_separation,
    relations.separation_violations,
)


@pytest.mark.skipif(not hasattr(separation, "require"), reason="the separation rules have not landed yet")
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_deed_speaks_to_the_separation_register(deed):
    assert "separation." in inspect.getsource(deed)
