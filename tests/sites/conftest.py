"""The law is loaded for every test that has an application."""

import pytest

from trainhub import regulations
from trainhub.kernel.db import transaction


@pytest.fixture(autouse=True)
def law(request):
    """Load the figures into the database of the test."""
    if "app" in request.fixturenames:
        request.getfixturevalue("app")
        with transaction():
            regulations.load_figures()
