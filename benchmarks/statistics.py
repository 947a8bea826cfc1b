"""What the pages of statistics cost in a bank of many items after a million answers, beside two floors.

One large sitting and many small ones of the same centre, of 100 questions each. Measured is time of the
processor: of the describing in the background, with the memory that it takes at most, and of each page that a
person waits for. The floors: a page that asks for one row, and all marks of the large sitting summed by one
statement.

    python -m benchmarks.statistics --items 200000 --large 5000 --small 20 250
    python -m benchmarks.statistics … --database postgresql+psycopg://…/empty
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from benchmarks import _bank_filling
from benchmarks._sittings_filling import fill
from tests.factories.people import begin_session_for
from trainhub.cli.measuring import house, machine, timed, told
from trainhub.exams.marking import Mark, Result
from trainhub.exams.marking.flagging import describe, run_flagging
from trainhub.exams.sittings import Sitting, get_sitting
from trainhub.kernel.db import db, reading, transaction
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


class _Nobody:
    """Whoever watches the background work."""

    def tell(self, *_said: object) -> None:
        """Hear how far it is."""


def measure(small: str, large: str, officers: dict[str, str]) -> dict[str, Any]:
    """Return the figures: seconds of the processor."""
    figures: dict[str, Any] = {}
    before = _peak()
    for name, code in (("small", small), ("large", large)):
        figures[f"describing the {name} sitting in the background"] = _cpu(
            lambda code=code: _describe(code, officers[str(Duty.MARK)])
        )
        told(f"{name}: {figures}")
    figures["memory of describing, MB"] = _peak() - before
    client = _signed_in(officers[str(Duty.MARK)])
    item = "Q-00000007"
    for name, address in (
        ("list of sittings", "/exam/statistics/"),
        ("small sitting", f"/exam/statistics/{small}"),
        ("large sitting", f"/exam/statistics/{large}"),
        ("a question of the large sitting", f"/exam/statistics/{large}/{item}"),
        ("history of a question", f"/exam/statistics/items/{item}"),
        ("marking page of the large sitting", f"/exam/marking/{large}"),
    ):
        figures[name] = _page(client, address)
        told(f"{name}: {figures[name]}")
    reviewer = _signed_in(officers[str(Duty.REVIEW_ITEMS)])
    for name, address in (
        ("flags of the bank", "/exam/bank/BANK-1/flags"),
        ("item", f"/exam/bank/items/{item}"),
    ):
        figures[name] = _page(reviewer, address)
    floor = {
        "page of one row": _page(client, "/account"),
        "all marks of the large sitting summed": _cpu(lambda: _sum(large)),
    }
    return {
        "figures": figures,
        "floor": floor,
        "conditions": machine() | {"database": db.engine.dialect.name},
    }


def _describe(code: str, by_id: str) -> None:
    with transaction():
        describe(get_sitting(code), by=db.session.get_one(Person, by_id))
    run_flagging(_Nobody(), sitting_code=code, by_id=by_id)


def _sum(code: str) -> None:
    with reading():
        statement = select(func.sum(Mark.given)).join(Result, Result.id == Mark.result_id)
        of_it = statement.join(Sitting, Sitting.id == Result.sitting_id).where(Sitting.code == code)
        db.session.execute(of_it).one()


def _signed_in(person_id: str) -> Any:
    with transaction():
        token = begin_session_for(db.session.get_one(Person, person_id))
    client = current_app.test_client()
    with client.session_transaction() as session:
        session["sign-in"] = token
    return client


def _page(client: Any, address: str) -> dict[str, float]:
    """Open a page as a process does that has just begun, and once more."""
    current_app.extensions.pop("behaviours", None)
    found = {}
    for name in ("first", "again"):
        db.session.rollback()
        with client.application.app_context():
            begun, clocked = time.process_time(), time.perf_counter()
            found["status"] = client.get(address).status_code
            found[f"{name} cpu_s"] = round(time.process_time() - begun, 3)
            found[f"{name} wall_s"] = round(time.perf_counter() - clocked, 3)
    return found


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _cpu(act: Callable[[], Any]) -> dict[str, float]:
    begun = time.process_time()
    seconds, _came = timed(act)
    return {"cpu_s": round(time.process_time() - begun, 3), "wall_s": round(seconds, 3)}


def main() -> None:
    """Run as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=1000, help="candidates of the large sitting")
    parser.add_argument("--small", type=int, nargs=2, default=(5, 100), help="sittings, candidates of each")
    parser.add_argument("--database", help="address of an empty database; a SQLite file unless given")
    options = parser.parse_args()
    with house(options.database, _bank_filling.is_empty):
        seconds, made = timed(fill, options.items, options.large, tuple(options.small))
        told(f"filled in {seconds:.0f} s")
        print(json.dumps({"filled_s": round(seconds), **measure(*made)}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
