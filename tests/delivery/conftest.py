"""What tests of the delivery share."""

from __future__ import annotations

import shutil

import pytest

from tests.conftest import Client
from tests.on_postgres import application_on_postgres
from trainhub import create_app
from trainhub.config import read_settings
from trainhub.kernel.db import db
from trainhub.people.limits import limiter


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def on_either(request, migrated, tmp_path):
    """An application on a database of its own, of either kind, whose context is active."""
    if request.param == "sqlite":
        folder = tmp_path / "instance"
        shutil.copytree(migrated, folder)
        application = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
        with application.app_context():
            yield _ready(application)
            db.session.remove()
            db.engine.dispose()
    else:
        with application_on_postgres(tmp_path) as application:
            yield _ready(application)


def _ready(application):
    application.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    application.test_client_class = Client
    limiter.reset()
    return application
