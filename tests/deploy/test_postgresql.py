"""PostgreSQL takes the settings of the house, and the logins of the sides are as the walls ask for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.deploy.front import DEPLOY
from tests.servers import free_port, postgres_program, unavailable
from trainhub.app import create_app
from trainhub.config import Side, read_settings
from trainhub.kernel import keys, migrations, roles
from trainhub.kernel.db import db
from trainhub.separation.walls import walls

pytestmark = pytest.mark.postgres
SETTINGS = DEPLOY / "postgresql" / "trainhub.conf"
SMALLER = {"shared_buffers": "32MB", "huge_pages": "off", "max_connections": "50"}
"""What the machine of a test has less of; everything else is tried as it is written."""


def written() -> dict[str, str]:
    """The settings of the file."""
    lines = SETTINGS.read_text(encoding="utf-8").splitlines()
    found = (re.fullmatch(r"(\w+) = (.+)", line) for line in lines if line and not line.startswith("#"))
    return {match[1]: match[2].strip("'") for match in found if match}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[str]:
    """A server of its own with the settings of the house; gives how to connect as its administrator."""
    if postgres_program("initdb") is None:
        unavailable("PostgreSQL")
    # Its user must be able to reach the folder: not below one that is the test's alone.
    folder = Path("/tmp") / f"trainhub-settings-{os.getpid()}"
    folder.mkdir(mode=0o700)
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    made = [str(postgres_program("initdb")), "-D", str(folder / "data"), "-U", "postgres", "--auth", "trust"]
    subprocess.run([*made, "--no-sync", "--locale", "C.UTF-8"], check=True, user=user, cwd="/", stdout=-3)
    target = folder / "data" / "trainhub.conf"
    shutil.copy(SETTINGS, target)
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.write("include 'trainhub.conf'\n")
        file.writelines(f"{name} = {value}\n" for name, value in SMALLER.items())
    if user:
        shutil.chown(target, user)
        target.chmod(0o600)
    port = free_port()
    options = ["-D", str(folder / "data"), "-p", str(port), "-k", str(folder)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(postgres_program("postgres")), *options], user=user, cwd="/", stdout=log, stderr=log
        )
    address = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
    try:
        _wait(address, server, folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(log.read_text()[-3000:])


def test_every_setting_is_known_to_postgresql_and_in_force(cluster):
    with psycopg.connect(cluster, autocommit=True) as connection:
        wrong = {}
        for name, value in written().items():
            row = connection.execute(
                "SELECT setting, pending_restart FROM pg_settings WHERE name = %s", (name,)
            ).fetchone()
            assert row is not None, name
            shown = connection.execute(f"SHOW {name}").fetchone()[0]
            if shown != SMALLER.get(name, value) or row[1]:
                wrong[name] = (value, shown)
        bad = connection.execute(
            "SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL"
        ).fetchall()
    assert len(written()) > 40
    assert (wrong, bad) == ({}, [])


def test_what_an_acknowledged_answer_rests_on_is_on():
    settings = written()
    assert [settings[name] for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3


def test_every_line_is_explained():
    blocks = SETTINGS.read_text(encoding="utf-8").split("\n\n")
    for block in blocks:
        lines = block.strip().splitlines()
        assert lines[0].startswith("#"), block


@pytest.fixture(scope="module")
def house(cluster, tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """A database of the house with the roles of `roles.sql`, upgraded by its owner."""
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute("CREATE DATABASE trainhub")
    _run(cluster, "roles.sql")
    url = _url(cluster, "trainhub_owner")
    folder = tmp_path_factory.mktemp("house")
    keys.create_missing_keys(folder / "keys")
    with create_app(
        read_settings({"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_DATABASE_URL": url})
    ).app_context():
        migrations.upgrade(db.engine)
        made = roles.install(db.engine)
        db.engine.dispose()
    assert made.missing == ()
    _run(cluster, "tables.sql")
    yield cluster, folder


def _run(cluster: str, name: str) -> None:
    """Run a file in the database of the house as the administrator of the cluster does."""
    address = cluster.replace("dbname=postgres", "dbname=trainhub")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute((DEPLOY / "postgresql" / name).read_text(encoding="utf-8"))


def test_the_owner_of_the_tables_is_an_ordinary_login(house):
    cluster, _folder = house
    with psycopg.connect(cluster) as connection:
        (strengths,) = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolcanlogin"
            " FROM pg_roles WHERE rolname = 'trainhub_owner'"
        ).fetchall()
        memberships = connection.execute(
            "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
            " WHERE r.rolname = 'trainhub_owner'"
        ).fetchall()
    assert strengths == (False, False, False, False, False, True)
    assert memberships == []


def _url(cluster: str, login: str) -> str:
    port = re.search(r"port=(\d+)", cluster)[1]
    return f"postgresql://{login}@127.0.0.1:{port}/trainhub"


@pytest.mark.parametrize("side", roles.SIDES)
def test_behind_the_login_of_a_side_the_wall_of_the_database_stands(house, side, tmp_path):
    cluster, folder = house
    shutil.copytree(folder / "keys", tmp_path / "keys")
    settings = {"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_SIDE": side}
    settings |= {"TRAINHUB_DATABASE_URL": _url(cluster, f"trainhub_{side}_login")}
    with create_app(read_settings(settings)).app_context():
        stands = {wall.name: wall for wall in walls()}
        db.engine.dispose()
    assert Side(side)
    assert stands["database"].stands, str(stands["database"].why)


def test_the_tables_of_an_exam_have_the_room_and_the_cleaning_that_was_measured(house):
    cluster, _folder = house
    with psycopg.connect(cluster.replace("dbname=postgres", "dbname=trainhub")) as connection:
        options = dict(
            connection.execute(
                "SELECT relname, array_to_string(reloptions, ' ') FROM pg_class "
                "WHERE relname IN ('delivery_attempt', 'delivery_response')"
            ).fetchall()
        )
    assert "fillfactor=" in options["delivery_attempt"]
    assert "autovacuum_vacuum_insert_scale_factor=" in options["delivery_response"]
