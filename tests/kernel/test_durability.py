"""Whatever PostgreSQL was set to, a commit waits for the disk; what a client cannot raise is said aloud."""

import os
import secrets

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from tests.migrated import on_postgres, on_sqlite
from tests.servers import DURABLE, drop_database, postgres_url  # noqa: F401  (fixture)
from trainhub.cli.serving import _require_ready
from trainhub.kernel import keys
from trainhub.kernel.durability import SAFE, unsafe_settings
from trainhub.kernel.engines import prepare_engine


@pytest.fixture
def role(postgres_url):  # noqa: F811
    """A login whose commits answer before they are on disk, unless it asks for more."""
    name = f"hasty_{secrets.token_hex(4)}"
    address = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {name} LOGIN")
        yield owner, name
        owner.execute(f"DROP ROLE {name}")


def shown(postgres_url, role, set_to):  # noqa: F811
    owner, name = role
    owner.execute(f"ALTER ROLE {name} SET synchronous_commit = {set_to}")
    engine = create_engine(make_url(postgres_url).set(username=name))
    prepare_engine(engine)
    try:
        with engine.connect() as connection:
            connection.rollback()
            first = connection.scalar(text("SHOW synchronous_commit"))
        # The same connection, given back and taken again.
        with engine.connect() as connection:
            return first, connection.scalar(text("SHOW synchronous_commit"))
    finally:
        engine.dispose()


@pytest.mark.postgres
def test_a_role_whose_commits_do_not_wait_for_the_disk_waits_all_the_same(postgres_url, role):  # noqa: F811
    assert shown(postgres_url, role, "off") == ("on", "on")


@pytest.mark.postgres
@pytest.mark.parametrize("level", ["local", "remote_write", "remote_apply"])
def test_what_waits_for_the_disk_already_stays_as_it_was_set(postgres_url, role, level):  # noqa: F811
    assert shown(postgres_url, role, level) == (level, level)


@pytest.mark.postgres
def test_whoever_starts_on_a_server_that_forgets_in_a_power_cut_is_told(tmp_path, monkeypatch, capsys):
    url = on_postgres()
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path))
    monkeypatch.setenv("TRAINHUB_DATABASE_URL", url)
    keys.create_missing_keys(tmp_path / "keys")
    try:
        _require_ready()
    finally:
        drop_database(url)

    told = capsys.readouterr().err
    forgets = [] if os.environ.get(DURABLE) else list(SAFE)
    assert [name for name in SAFE if f"WARNING: {name} is off" in told] == forgets


def test_sqlite_has_no_such_settings(tmp_path):
    engine = create_engine(on_sqlite(tmp_path))
    assert unsafe_settings(engine) == []
    engine.dispose()
