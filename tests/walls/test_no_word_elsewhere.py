"""No word of an item in clear after new keys, in a copy that came back, in PostgreSQL and its log."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.factories import walls as instances
from tests.factories.life_of_a_paper import CHOICE, Life, dump_of, everything_kept, require_none, words_in
from tests.servers import postgres_program, said_by_postgres
from trainhub import create_app
from trainhub.config import read_settings
from trainhub.exams.bank import rotation
from trainhub.exams.bank.models import Bank, ItemVersion
from trainhub.exams.bank.vault import body_of
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.marking.models import Correction
from trainhub.kernel import keys
from trainhub.kernel.db import db
from trainhub.kernel.rewrapping import MASTER, rewrap


def lived():
    """A paper that was held, marked, corrected and published."""
    life = Life()
    life.hold()
    life.mark()
    life.correct()
    return life


def renew_keys(life):
    """A new key for the bank, and a new master key."""
    bank = db.session.get_one(Bank, life.bank_id).code
    assert rotation.rotate(bank, by=life.person(life.staff["author"])) > 3
    assert keys.begin_rotation(MASTER)
    assert rewrap() > 3
    old = keys.end_rotation(MASTER)
    db.session.rollback()
    return old


def require_readable():
    """The control: whoever has the keys reads what nobody else does."""
    stems = {body_of(each).stem for each in db.session.query(ItemVersion)}
    assert f"{CHOICE[0]}（ ）。" in stems
    assert db.session.query(Attempt).count() and db.session.query(Correction).first().reason
    db.session.rollback()


def test_new_keys_leave_no_word_in_a_table_a_file_or_the_log(app, capfd, caplog):
    renew_keys(lived())
    app.extensions.pop("keys", None)

    require_readable()
    for where, content in everything_kept(app):
        require_none(content, where)
    told = capfd.readouterr()
    require_none((told.out + told.err + caplog.text).encode(), "log")


def test_a_copy_that_came_back_has_no_word_and_is_whole(app, tmp_path, capfd):
    """As docs/deploy.md says it: the folder without its keys, which are brought back from elsewhere."""
    lived()
    db.session.remove()
    instance, backup, back = app.config["SETTINGS"].instance, tmp_path / "backup.tar", tmp_path / "back"
    subprocess.run(["tar", "--exclude=keys", "-cf", backup, "-C", instance, "."], check=True)
    require_none(backup.read_bytes(), "backup")
    back.mkdir()
    subprocess.run(["tar", "-xf", backup, "-C", back], check=True)
    shutil.copytree(instance / "keys", back / "keys")

    restored = create_app(read_settings({"TRAINHUB_INSTANCE": str(back)}))
    with restored.app_context():
        require_readable()
        for where, content in everything_kept(restored):
            require_none(content, where)
        db.session.remove()
        db.engine.dispose()
    told = capfd.readouterr()
    require_none((told.out + told.err).encode(), "log")


def test_what_is_deleted_from_an_embedded_database_is_gone_from_its_file(app):
    """Whatever SQLite was built with: a row that is deleted is written over."""
    secret = "此句应随行一并消失"
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE passing (words TEXT)")
        connection.exec_driver_sql("INSERT INTO passing VALUES (?)", (secret * 40,))
    path = Path(app.config["SETTINGS"].instance / "trainhub.db")
    _carry_over(path)
    assert secret.encode() in path.read_bytes(), "the control"

    with db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM passing")
    _carry_over(path)
    assert secret.encode() not in b"".join(each.read_bytes() for each in path.parent.glob("trainhub.db*"))


def _carry_over(path):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.fixture
def place(tmp_path):
    """An instance on a PostgreSQL that writes every statement with its values into its log."""
    with instances.house(tmp_path / "instance") as url:
        with psycopg.connect(instances.dsn(url), autocommit=True) as connection:
            name = instances.name_of(url)
            for setting in ("log_statement = 'all'", "log_parameter_max_length = -1"):
                connection.execute(f'ALTER DATABASE "{name}" SET {setting}')
        with instances.everything(url, tmp_path / "instance") as app:
            yield app, url


@pytest.mark.postgres
def test_postgresql_has_no_word_in_a_table_a_dump_or_the_log_of_every_statement(place, tmp_path):
    app, url = place
    before = len(said_by_postgres())
    life = lived()
    renew_keys(life)
    require_readable()

    said = said_by_postgres()[before:]
    for each in (
        b"INSERT INTO bank_item_version",
        b"UPDATE bank_item_version",
        b"INSERT INTO marking_correction",
    ):
        assert each in said, "the control: statements and what was bound to them"
    assert life.code.encode() in said
    require_none(said, "log of statements")
    dump = dumped(url)
    assert b"COPY public.marking_key_change" in dump and life.code.encode() in dump
    require_none(dump, "dump")
    for path in app.config["SETTINGS"].instance.rglob("*"):
        if path.is_file():
            require_none(path.read_bytes(), path.name)


def dumped(url):
    program = postgres_program("pg_dump")
    return subprocess.run([str(program), instances.dsn(url)], capture_output=True, check=True).stdout


def test_the_look_finds_a_text_however_it_is_written(tmp_path):
    for written in (
        CHOICE[0].encode(),
        CHOICE[0].encode("utf-16"),
        CHOICE[0].encode("gb18030"),
        CHOICE[0].encode().hex().encode(),
        CHOICE[0].encode().hex().upper().encode(),
        repr(CHOICE[0]).encode("unicode_escape"),
    ):
        assert words_in(b"before" + written + b"behind", CHOICE) == [CHOICE[0]]
    connection = sqlite3.connect(tmp_path / "one.db")
    connection.execute("CREATE TABLE one (cell BLOB)")
    connection.execute("INSERT INTO one VALUES (?)", (CHOICE[0].encode(),))
    assert words_in(dump_of(connection), CHOICE) == [CHOICE[0]]
