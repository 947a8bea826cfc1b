"""A ledger filled in bulk is as valid as one that grew; the benchmark says what it measured, and on what."""

import json

import pytest
import rfc8785
from click.testing import CliRunner
from sqlalchemy import func, select

from tests.servers import create_database, drop_database
from trainhub import create_app, ledger
from trainhub.cli import main
from trainhub.cli.bench_ledger import DEEDS
from trainhub.cli.databases import prepare
from trainhub.cli.ledger_filling import fill, is_empty
from trainhub.config import read_settings
from trainhub.kernel.db import db, transaction
from trainhub.ledger import proving, sequencing
from trainhub.ledger.models import Entry, Leaf, Node
from trainhub.ledger.verifying import verify

SMALL = ("--seconds", "0.5", "--writers", "2", "--repeat", "1", "--rate", "50")
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """Address of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    address = create_database()
    yield address
    drop_database(address)


@pytest.fixture
def house(url, tmp_path):
    """An application on it."""
    settings = read_settings({"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": url})
    prepare(settings)
    with create_app(settings).app_context():
        yield url
        db.session.remove()
        db.engine.dispose()


def bench(*options):
    return CliRunner().invoke(main, ["bench", "ledger", *SMALL, *map(str, options)])


def judge(url, *options):
    result = bench(*options, "--database", url, "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert {"figures", "floor", "ratio", "conditions"} <= set(answer)
    assert list(answer["figures"]) == list(answer["floor"])
    for figures in answer["figures"].values():
        assert figures["whole"] is True
        assert set(figures["deeds_ms"]) == set(DEEDS)
        assert figures["fast"]["acts"] > 0 and figures["steady"]["acts"] >= 20
        assert "waiting_highest_second_half" in figures["steady"]
    assert answer["conditions"]["database"] in url
    return list(answer["figures"])


def test_the_ledger_is_measured_at_each_size_beside_its_floor_and_left_as_it_was(url):
    sizes = ("--processes", 1, "--entries", 0, "--entries", 300)
    assert judge(url, *sizes) == judge(url, *sizes) == ["0", "300"]


@pytest.mark.long
@pytest.mark.postgres
def test_writers_may_be_several_processes():
    address = create_database()
    assert judge(address, "--processes", 2, "--entries", 0) == ["0"]
    drop_database(address)


def test_it_is_said_in_words_as_well():
    result = bench("--entries", 0)
    assert result.exit_code == 0, result.output
    assert "bare commits" in result.stdout and "entries/s" in result.stdout


def test_a_filled_ledger_verifies_and_goes_on(house):
    db.session.rollback()
    with transaction():
        ledger.append("test.before", by=None, side="core")
    fill(700)
    fill(1500)
    fill(10)
    with transaction():
        ledger.append("test.after", by=None, side="core")
    with transaction():
        sequencing.run()
    verdict = verify()
    assert (verdict.problems, verdict.size, verdict.waiting) == ((), 1501, 0)
    numbers = [db.session.scalar(select(func.count()).select_from(table)) for table in (Entry, Leaf, Node)]
    assert numbers == [1501, 1501, sum(1501 >> level for level in range(11))]
    for entry in ledger.decisions(before=1000, per_page=3).entries:
        assert proving.problems_of_proof(proving.prove(entry.id)) == []
        assert rfc8785.dumps(json.loads(entry.body)).decode() == entry.body


def test_filling_leaves_every_index_and_counter_as_it_was(house):
    before = _indexes()
    fill(50)
    assert _indexes() == before


def _indexes():
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        statement = "SELECT sql FROM sqlite_master WHERE tbl_name LIKE 'ledger%' ORDER BY 1"
    else:
        statement = "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'ledger%%' ORDER BY 1"
    with db.engine.connect() as connection:
        return connection.exec_driver_sql(statement).scalars().all()


def test_no_invented_entry_is_put_beside_real_ones(house):
    db.session.rollback()
    assert is_empty()
    with transaction():
        ledger.append("duty.granted", by=None, side="core")
    db.session.rollback()
    assert not is_empty()
    db.session.remove()
    result = bench("--database", house)
    assert result.exit_code == 1
    assert "not empty" in result.output
