"""The figures of the law, which learning hours are counted by."""

import pytest

from trainhub import regulations
from trainhub.kernel.db import db


@pytest.fixture(autouse=True)
def figures(app):
    regulations.load_figures()
    db.session.commit()
