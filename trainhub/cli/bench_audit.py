"""``trainhub bench audit``: every rule over an invented city of ten years, and one act against it."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import click
from sqlalchemy import func, select

from trainhub import separation
from trainhub.cli.acting import say, says_json
from trainhub.cli.city import City
from trainhub.cli.city_filling import clear, fill, is_empty
from trainhub.cli.measuring import conditions, house, timed, told
from trainhub.kernel import clock
from trainhub.kernel.db import db, reading
from trainhub.separation.auditor import violations_of
from trainhub.separation.duties import Duty
from trainhub.separation.models import RELATIONS, Appointed, Attended, Granted, Registered

MILLION = 1_000_000
CENTRE = "CENTRE-0"


@click.command("audit")
@click.option("--rows", multiple=True, type=int, help="About how many rows; may be given again.")
@click.option("--database", help="Address of an EMPTY database; a file of SQLite if not given.")
@click.option("--repeat", default=3, show_default=True, help="Audits of each size; the best one counts.")
@click.option("--acts", default=40, show_default=True, help="Single acts of each kind that are decided.")
@says_json
def audit(rows: tuple[int, ...], database: str | None, repeat: int, acts: int, as_json: bool) -> None:
    """Audit an invented register: seconds for each rule, how the cost grows, and how long one act takes."""
    measured = [measure(size, database, max(1, repeat), max(2, acts)) for size in rows or (MILLION,)]
    answer = as_one(measured)
    say(answer, "\n\n".join(in_words(each) for each in measured) + _growth_in_words(answer), as_json)
    if not all(each.exact for each in measured):
        sys.exit(1)


@dataclass(frozen=True)
class Measured:
    """What was measured with one size of register.

    Args:
        rows: how many there were.
        filling: seconds to write the city.
        rules: seconds for each rule; the best time of each.
        seconds: for a whole audit, the best.
        floor: seconds that counting all rows and joining the two largest relations takes.
        decisions: milliseconds for one act, the median and the 95th percentile.
        found: how many violations the audit named.
        exact: whether these are those planted, no more and no less.
        conditions: what it was measured on.
    """

    rows: int
    filling: float
    rules: dict[str, float]
    seconds: float
    floor: float
    decisions: dict[str, tuple[float, float]]
    found: int
    exact: bool
    conditions: dict[str, Any]


def measure(rows: int, database: str | None, repeat: int, acts: int) -> Measured:
    """Fill an empty database with about so many rows, audit it, decide single acts, and clear it."""
    with house(database, is_empty):
        city = City(rows, clock.today())
        begun = time.perf_counter()
        planted = fill(city, told=lambda name, made: told(f"{made:>10} {name}"))
        filling = time.perf_counter() - begun
        try:
            with reading():
                return _measure(city, planted, filling, repeat, acts)
        finally:
            clear()
            db.session.remove()
            db.engine.dispose()


def _measure(city: City, planted: set[Any], filling: float, repeat: int, acts: int) -> Measured:
    floor = min(timed(_floor)[0] for _turn in range(repeat))
    rules = {
        rule.id: min(timed(violations_of, [rule])[0] for _t in range(repeat)) for rule in separation.RULES
    }
    reports = [separation.audit(compares=False) for _turn in range(repeat)]
    found = {(each.rule.id, each.person, each.object) for each in reports[0].violations}
    for rule, person, what in sorted(found ^ planted)[:20]:
        told(f"not as planted: {rule} {person} {what}")
    return Measured(
        rows=reports[0].rows,
        filling=filling,
        rules=rules,
        seconds=min(report.seconds for report in reports),
        floor=floor,
        decisions=_decisions(city, acts),
        found=len(found),
        exact=found == planted,
        conditions=conditions() | {"best_of": repeat},
    )


def _floor() -> None:
    """Do what no audit can do without: look at every row, and let learning meet registering once."""
    for model in RELATIONS.values():
        db.session.scalar(select(func.count()).select_from(model))
    joined = select(func.count()).select_from(Attended)
    db.session.scalar(joined.join(Registered, Registered.person_id == Attended.person_id))


def _decisions(city: City, wanted: int) -> dict[str, tuple[float, float]]:
    planned = range(city.sittings - 1, 0, -max(1, city.sittings // 1000))
    sittings = [f"S{number}" for number in planned][:wanted]
    learners = [city.names[number * 97 % len(city.names)] for number in range(wanted)]
    staff = [city.staff(city.teams + number % city.teams, 1) for number in range(wanted)]
    today = clock.today()
    acts: dict[str, Callable[[int], object]] = {
        "check(Appointed)": lambda n: separation.check(
            Appointed(
                person_id=staff[n], sitting_code=sittings[-1 - n], duty=Duty.INVIGILATE, starts_on=today
            )
        ),
        "check(Registered)": lambda n: separation.check(
            Registered(
                person_id=learners[n],
                sitting_code=sittings[n],
                employer_code="FIRM-1",
                training_body_code="BODY-1",
                starts_on=today,
            )
        ),
        "check(Granted)": lambda n: separation.check(
            Granted(
                person_id=learners[n], duty=Duty.INVIGILATE, organisation_code="CENTRE-0", starts_on=today
            )
        ),
        "violations_of_sitting": lambda n: separation.violations_of_sitting(sittings[n]),
        "planned_conflicts": lambda _n: separation.planned_conflicts(),
    }
    measured: dict[str, tuple[float, float]] = {}
    # No serving process holds a city: looking through all its names for garbage is no part of an act.
    gc.collect()
    gc.freeze()
    for name, act in acts.items():
        told(f"{'':>10} {name}")
        times = [timed(act, n)[0] * 1000 for n in range(min(wanted, len(sittings)))]
        measured[name] = (median(times), quantiles(times, n=20)[-1])
    gc.unfreeze()
    return measured


def as_one(measured: list[Measured]) -> dict[str, Any]:
    """Return what was measured in the form of every benchmark."""
    by_size: dict[str, Measured] = {str(each.rows): each for each in measured}
    first, last = measured[0], measured[-1]
    return {
        "figures": {
            size: {
                "seconds": round(each.seconds, 3),
                "rules": {rule: round(seconds, 4) for rule, seconds in each.rules.items()},
                "filling_seconds": round(each.filling, 1),
                "violations": each.found,
                "exactly_as_planted": each.exact,
                "decisions_ms": {
                    name: {"p50": round(p50, 1), "p95": round(p95, 1)}
                    for name, (p50, p95) in each.decisions.items()
                },
            }
            for size, each in by_size.items()
        },
        "floor": {size: {"seconds": round(each.floor, 3)} for size, each in by_size.items()},
        "ratio": {
            "to_floor": {size: round(each.seconds / each.floor, 1) for size, each in by_size.items()},
            "growth_of_rows": round(last.rows / first.rows, 2),
            "growth_of_seconds": round(last.seconds / first.seconds, 2),
        },
        "conditions": {size: each.conditions for size, each in by_size.items()},
    }


def in_words(each: Measured) -> str:
    """Return what was measured with one size as lines to read."""
    on = ", ".join(f"{name} {value}" for name, value in each.conditions.items())
    verdict = "exactly those planted" if each.exact else "NOT those planted"
    lines = [f"{each.rows} rows ({on}), written in {each.filling:.0f} s"]
    seconds = [f"{rule} {spent:.3f}" for rule, spent in each.rules.items()]
    lines += [
        "  seconds by rule: " + "  ".join(seconds[start : start + 8]) for start in range(0, len(seconds), 8)
    ]
    lines += [f"  all rules, rows counted  {each.seconds:>8.2f} s  {each.found} violations, {verdict}"]
    lines += [f"  floor: count and one join{each.floor:>8.2f} s  ratio {each.seconds / each.floor:.1f}"]
    for name, (p50, p95) in each.decisions.items():
        lines.append(f"  {name:<25}p50 {p50:>7.1f}  p95 {p95:>7.1f} ms")
    return "\n".join(lines)


def _growth_in_words(answer: dict[str, Any]) -> str:
    ratio = answer["ratio"]
    if ratio["growth_of_rows"] == 1:
        return ""
    return f"\n\n{ratio['growth_of_rows']} times the rows: {ratio['growth_of_seconds']} times the seconds"
