"""An invented city with planted violations: the audit finds exactly those, on SQLite and on PostgreSQL."""

import json

import pytest
from click.testing import CliRunner

from tests.servers import create_database, drop_database
from trainhub import create_app, separation
from trainhub.cli import main
from trainhub.cli.city import City
from trainhub.cli.city_broken import plant
from trainhub.cli.city_filling import FACTS, fill
from trainhub.cli.databases import prepare
from trainhub.config import read_settings
from trainhub.kernel import clock
from trainhub.kernel.db import db, reading
from trainhub.separation.models import RELATIONS

ROWS = 4000


def bench(*options):
    return CliRunner().invoke(
        main, ["bench", "audit", "--rows", str(ROWS), "--repeat", "1", "--acts", "2", *options]
    )


def answered(*options):
    result = bench(*options, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def judge(answer):
    assert {"figures", "floor", "ratio", "conditions"} <= set(answer)
    (figures,) = answer["figures"].values()
    assert figures["exactly_as_planted"] is True
    assert set(figures["rules"]) == {rule.id for rule in separation.RULES}
    assert figures["violations"] > 100


def test_the_audit_finds_exactly_what_was_planted():
    judge(answered())


@pytest.mark.long
@pytest.mark.postgres
def test_the_audit_finds_exactly_what_was_planted_on_postgresql():
    url = create_database()
    try:
        judge(answered("--database", url))
        judge(answered("--database", url))
    finally:
        drop_database(url)


def test_what_was_planted_is_found_and_nothing_else_and_taken_back_rows_are_not(app):
    db.session.rollback()
    planted = fill(City(ROWS, clock.today()), broken=1)
    with reading():
        found = {(each.rule.id, each.person, each.object) for each in separation.audit().violations}
    assert found == planted


def test_an_unbroken_city_breaks_no_rule(app):
    db.session.rollback()
    assert fill(City(ROWS, clock.today()), broken=0) == set()
    with reading():
        assert separation.audit().violations == ()


def test_every_rule_is_broken_by_what_is_planted_in_each_of_its_ways(app):
    _rows, found = plant(City(ROWS, clock.today()), 1)
    for rule in separation.RULES:
        assert sum(each[0] == rule.id for each in found) >= len(rule.ways), rule.id


def test_a_city_fills_every_relation_that_a_rule_reads():
    read = {name for rule in separation.RULES for name in rule.relations}
    assert read - set(FACTS) == set()
    assert set(FACTS) - set(RELATIONS) == set()


def test_no_city_is_put_beside_real_people(tmp_path, migrated):
    url = f"sqlite:///{tmp_path / 'real.db'}"
    settings = read_settings({"TRAINHUB_INSTANCE": str(migrated), "TRAINHUB_DATABASE_URL": url})
    prepare(settings)
    with create_app(settings).app_context():
        fill(City(ROWS, clock.today()))
        db.engine.dispose()
    result = bench("--database", url)
    assert result.exit_code == 1
    assert "not empty" in result.output
