"""Two acts at once on PostgreSQL that together break a rule: one of them is refused, or the auditor finds it.

The worst moment is made on purpose: the first act has asked the rules and written, and has not committed yet,
when the second asks. It must wait for the first, or the two share nothing that either could wait for.
"""

from __future__ import annotations

import itertools
import threading
import time

import pytest
from sqlalchemy import text

from tests.migrated import on_postgres
from tests.separation.scenarios import NOW, SCENARIOS, day, granted, made, row, sitting
from tests.separation.test_scenarios import COUNTING, decides, found, put
from tests.servers import drop_database
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.kernel import clock, keys
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Refused
from trainhub.separation import Duty
from trainhub.separation.models import RELATIONS, Appointed, Granted
from trainhub.separation.stating import end, keys_of, state, withdraw

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An application on a PostgreSQL database for all races, one after the other."""
    folder, url = tmp_path_factory.mktemp("races"), on_postgres()
    keys.create_missing_keys(folder / "keys")
    settings = {"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_DATABASE_URL": url}
    application = create_app(read_settings(settings))
    with application.app_context(), clock.set_to(NOW):
        with transaction():
            regulations.load_figures()
        db.session.remove()
    yield application
    with application.app_context():
        db.engine.dispose()
    drop_database(url)


@pytest.fixture(autouse=True)
def app(house):
    """The house with an empty register."""
    with house.app_context(), clock.set_to(NOW):
        tables = ", ".join(f"separation_{name}" for name in RELATIONS)
        with transaction():
            db.session.execute(text(f"TRUNCATE {tables}"))
        yield house
        db.session.remove()


def waits(app) -> bool:
    """Tell whether somebody waits for a lock now."""
    with app.app_context(), db.engine.connect() as connection:
        asked = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
        return bool(connection.execute(asked).scalar())


def race(app, first, second):
    """Let the second act ask while the first is not committed; return the rule that refused each, or None."""
    outcomes: dict[str, str | None] = {}
    asked, go_on = threading.Event(), threading.Event()

    def run(name, act, pause):
        with app.app_context(), clock.set_to(NOW):
            try:
                with transaction():
                    act()
                    if pause:
                        asked.set()
                        go_on.wait(20)
                outcomes[name] = None
            except Refused as refusal:
                outcomes[name] = refusal.rule.id
            finally:
                asked.set()
                db.session.remove()

    one = threading.Thread(target=run, args=("first", first, True))
    two = threading.Thread(target=run, args=("second", second, False))
    one.start()
    assert asked.wait(20)
    two.start()
    until = time.monotonic() + 20
    while two.is_alive() and not waits(app) and time.monotonic() < until:
        time.sleep(0.005)
    go_on.set()
    one.join()
    two.join()
    return outcomes["first"], outcomes["second"]


def stating(each):
    return lambda: state(made(each), by=None, source="race")


def shared(one, other) -> bool:
    return bool(set(keys_of([made(one)])) & set(keys_of([made(other)])))


PAIRS = [
    pytest.param(scenario, one, other, id=f"{scenario.rule} {scenario.name}: {one}, {other}")
    for scenario in SCENARIOS
    if scenario.rule not in COUNTING - {"S-20"}
    for one, other in itertools.permutations(scenario.rows, 2)
    if scenario.rule != "S-20" or (one, other) == ("staff 1", "staff 2")
]


@pytest.mark.parametrize(("scenario", "one", "other"), PAIRS)
def test_two_acts_at_once(app, scenario, one, other):
    with transaction():
        put(each for name, each in scenario.rows.items() if name not in (one, other))
    first, second = scenario.rows[one], scenario.rows[other]
    refused = race(app, stating(first), stating(second))
    db.session.rollback()
    if refused == (None, None):
        assert scenario.found in found(scenario)
        assert not (decides(scenario, second) and shared(first, second))
    else:
        assert scenario.found not in found(scenario)


def test_every_rule_is_tried_by_two_acts_of_which_one_is_refused():
    strict = {
        scenario.rule
        for scenario, one, other in (each.values for each in PAIRS)
        if decides(scenario, scenario.rows[other]) and shared(scenario.rows[one], scenario.rows[other])
    }
    assert {scenario.rule for scenario in SCENARIOS} - strict == COUNTING - {"S-20"}


def test_a_sitting_is_not_opened_while_its_second_invigilator_is_taken_off(app):
    with transaction():
        put(
            [
                sitting(),
                *(
                    row(
                        "appointed",
                        person_id=f"P{n}",
                        sitting_code="S1",
                        duty=str(Duty.INVIGILATE),
                        room_code=None,
                    )
                    for n in (1, 2)
                ),
            ]
        )
    refused = race(
        app,
        lambda: withdraw(Appointed, person_id="P2", sitting_code="S1", by=None, source="ill"),
        stating(row("opened", sitting_code="S1")),
    )
    assert refused == (None, "S-16")


def test_nobody_is_appointed_while_their_duty_is_withdrawn(app):
    with transaction():
        put([sitting(), granted("P", Duty.INVIGILATE)])
    refused = race(
        app,
        lambda: end(Granted, day(0), person_id="P", by=None, source="revoked"),
        stating(
            row("appointed", person_id="P", sitting_code="S1", duty=str(Duty.INVIGILATE), room_code=None)
        ),
    )
    assert refused == (None, "S-22")
