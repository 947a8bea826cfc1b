"""An application on a database of its own for every test, and a browser-like client."""

from __future__ import annotations

import shutil

import pytest
from filelock import FileLock
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from tests import quick, worlds
from tests.factories.people import begin_session_for
from tests.on_postgres import application_on_postgres
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.demo import build as demo
from trainhub.kernel import keys, migrations
from trainhub.kernel.db import db, transaction
from trainhub.people.limits import limiter

# How long an example takes says nothing on a machine that does other things as well.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
quick.install()


class Client(FlaskClient):
    """A client whose requests share nothing but the cookies, as in real life."""

    def open(self, *args, **kwargs):
        """Send a request in an application context of its own."""
        db.session.rollback()
        with self.application.app_context():
            return super().open(*args, **kwargs)

    def sign_in(self, person):
        """Be somebody: a session as the sign-in page would begin it, without the price of Argon2."""
        token = begin_session_for(person)
        with self.session_transaction() as session:
            session.clear()
            session["sign-in"] = token


@pytest.fixture(scope="session")
def migrated(tmp_path_factory, worker_id):
    """A migrated database with its keys and the law, made once in a run and copied for each test."""
    folder = _made_once(tmp_path_factory, worker_id, "migrated", _migrate)
    worlds.copied(folder / worlds.DATABASE)
    return folder


def _migrate(folder):
    keys.create_missing_keys(folder / "keys")
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
    with app.app_context():
        migrations.upgrade(db.engine)
        with transaction():
            regulations.load_figures()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=OFF")
        db.engine.dispose()
    app.extensions["jobs"].storage.close()


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory, worker_id):
    """The folder of the demo as it is built, made once in a run; whoever changes it takes a copy."""
    return _made_once(
        tmp_path_factory,
        worker_id,
        "built-demo",
        lambda folder: demo.build(read_settings({"TRAINHUB_INSTANCE": str(folder)})),
    )


def _made_once(tmp_path_factory, worker_id, name, make):
    """Return a folder that the first process which asks makes for all of a run."""
    root = tmp_path_factory.getbasetemp()
    root = root if worker_id == "master" else root.parent
    folder = root / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            unfinished = root / f"{name}-being-made"
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture
def app(migrated, tmp_path):
    """An application whose context is active, so that a test may call domain functions directly."""
    folder = tmp_path / "instance"
    shutil.copytree(migrated, folder)
    application = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
    application.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    application.test_client_class = Client
    with application.app_context():
        limiter.reset()
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app):
    """A browser that is not signed in."""
    return app.test_client()


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
