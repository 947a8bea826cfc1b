"""What is to be planned, as it stands in a file: sittings, people, forbidden pairs, settings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

INVIGILATOR, ASSESSOR, INSPECTOR = "invigilator", "assessor", "inspector"
DUTIES = (INVIGILATOR, ASSESSOR, INSPECTOR)
NO_LIMIT = 10_000
MOST = 1e9
"""Seconds and gaps beyond this are a slip of the pen, and no float may hold them."""


class BadInstance(ValueError):
    """The file is no instance; the text says what is wrong and where."""


@dataclass(frozen=True)
class Sitting:
    """A sitting that needs staff (场次).

    Args:
        id: of the sitting.
        starts_at: aware.
        ends_at: aware.
        site: code of the site.
        district: of the site.
        qualification: which assessors must have.
        needs: number of people by duty.
    """

    id: str
    starts_at: datetime
    ends_at: datetime
    site: str
    district: str
    qualification: str
    needs: Mapping[str, int]

    def overlaps(self, other: Sitting) -> bool:
        """Tell whether nobody can be at both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Somebody:
    """A person of the pool (可选人员).

    Args:
        id: random id.
        duties: that the person may do.
        qualifications: in which the person may assess.
        district: where the person belongs.
        site: for which site the person works, if for one.
        unavailable: periods in which the person cannot come.
        on_duty: periods in which the person is on duty already; nobody can lift that.
        max_sittings: most sittings in this plan.
    """

    id: str
    duties: frozenset[str]
    qualifications: frozenset[str]
    district: str
    site: str
    unavailable: Sequence[tuple[datetime, datetime]] = ()
    max_sittings: int = NO_LIMIT
    on_duty: Sequence[tuple[datetime, datetime]] = ()

    def is_on_duty(self, sitting: Sitting) -> bool:
        """Tell whether the person is on duty elsewhere, or at this sitting already."""
        return any(begin < sitting.ends_at and sitting.starts_at < end for begin, end in self.on_duty)

    def is_away(self, sitting: Sitting) -> bool:
        """Tell whether the person cannot come to a sitting."""
        return any(begin < sitting.ends_at and sitting.starts_at < end for begin, end in self.unavailable)


@dataclass(frozen=True)
class Settings:
    """How to plan.

    Args:
        cross_district: whether invigilators and assessors must come from another district.
        seed: of the search; the same gives the same plan on the same machine.
        time_limit_s: seconds to search at most.
        gap: relative distance from the proven bound at which the search may stop.
    """

    cross_district: bool = False
    seed: int = 1
    time_limit_s: float = 60.0
    gap: float = 0.01


@dataclass(frozen=True)
class Instance:
    """Everything that a plan is made from (编排实例).

    Args:
        sittings: that need staff.
        people: the pool.
        forbidden: rules that keep a person from a sitting, by person, sitting and duty (empty: every duty).
        settings: how to plan.
    """

    sittings: Sequence[Sitting]
    people: Sequence[Somebody]
    forbidden: Mapping[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    settings: Settings = Settings()


def obstacles(instance: Instance, person: Somebody, sitting: Sitting, duty: str) -> frozenset[str] | None:
    """Return what keeps a person with a duty from a sitting: rules and reasons; empty: nothing does.

    None stands for what nobody can lift: the person does not do this duty at all.
    """
    if duty not in person.duties:
        return None
    found = set(instance.forbidden.get((person.id, sitting.id, ""), ()))
    found.update(instance.forbidden.get((person.id, sitting.id, duty), ()))
    if duty == ASSESSOR and sitting.qualification not in person.qualifications:
        found.add("qualification")
    abroad = duty == INSPECTOR or instance.settings.cross_district
    if abroad and person.district == sitting.district:
        found.add("district")
    if duty == INSPECTOR and person.site and person.site == sitting.site:
        found.add("site")
    if person.is_away(sitting):
        found.add("unavailable")
    # Being on duty is lifted by nobody: not somebody kept away, but somebody who is not there to be had.
    return None if person.is_on_duty(sitting) else frozenset(found)


def read_instance(written: Any) -> Instance:
    """Return the instance that a JSON object describes.

    Raises:
        BadInstance: something is missing or has another form; the text says where.
    """
    if not isinstance(written, dict):
        raise BadInstance("an instance is a JSON object with sittings and people")
    sittings = [_sitting(each, f"sittings[{n}]") for n, each in enumerate(_list(written, "sittings", ""))]
    people = [_person(each, f"people[{n}]") for n, each in enumerate(_list(written, "people", ""))]
    for name, ids in (("sittings", [one.id for one in sittings]), ("people", [one.id for one in people])):
        double = sorted({each for each in ids if ids.count(each) > 1}) if len(set(ids)) < len(ids) else []
        if double:
            raise BadInstance(f"{name}: the id {double[0]!r} stands there more than once")
    return Instance(sittings, people, _forbidden(written, sittings, people), _settings(written))


def _sitting(written: Any, where: str) -> Sitting:
    starts_at, ends_at = _moment(written, "starts_at", where), _moment(written, "ends_at", where)
    if ends_at <= starts_at:
        raise BadInstance(f"{where}: it ends before it begins")
    needs = _value(written, "needs", dict, where)
    for duty, number in needs.items():
        if duty not in DUTIES or not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise BadInstance(f"{where}.needs: {duty!r}: {number!r} is no number of {', '.join(DUTIES)}")
    return Sitting(
        _value(written, "id", str, where),
        starts_at,
        ends_at,
        _value(written, "site", str, where, ""),
        _value(written, "district", str, where, ""),
        _value(written, "qualification", str, where, ""),
        {duty: number for duty, number in needs.items() if number},
    )


def _person(written: Any, where: str) -> Somebody:
    duties = _list(written, "duties", where)
    unknown = [duty for duty in duties if duty not in DUTIES]
    if unknown:
        raise BadInstance(f"{where}.duties: {unknown[0]!r} is none of {', '.join(DUTIES)}")
    most = written.get("max_sittings")
    if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 0):
        raise BadInstance(f"{where}.max_sittings: {most!r} is no number")
    return Somebody(
        _value(written, "id", str, where),
        frozenset(duties),
        frozenset(str(each) for each in _value(written, "qualifications", list, where, [])),
        _value(written, "district", str, where, ""),
        _value(written, "site", str, where, ""),
        _periods(written, "unavailable", where),
        NO_LIMIT if most is None else most,
        _periods(written, "on_duty", where),
    )


def _periods(written: dict[str, Any], name: str, where: str) -> tuple[tuple[datetime, datetime], ...]:
    found = []
    for number, period in enumerate(_value(written, name, list, where, [])):
        place = f"{where}.{name}[{number}]"
        if not isinstance(period, list | tuple) or len(period) != 2:
            raise BadInstance(f"{place}: a period is [from, to]")
        begin, end = _as_moment(period[0], place), _as_moment(period[1], place)
        if end < begin:
            raise BadInstance(f"{place}: it ends before it begins")
        found.append((begin, end))
    return tuple(found)


def _forbidden(
    written: dict[str, Any], sittings: Sequence[Sitting], people: Sequence[Somebody]
) -> dict[tuple[str, str, str], frozenset[str]]:
    known = {each.id for each in sittings}, {each.id for each in people}
    found: dict[tuple[str, str, str], frozenset[str]] = {}
    for number, each in enumerate(_value(written, "forbidden", list, "the instance", [])):
        where = f"forbidden[{number}]"
        person, sitting = _value(each, "person", str, where), _value(each, "sitting", str, where)
        if sitting not in known[0] or person not in known[1]:
            raise BadInstance(f"{where}: there is no person {person!r} or no sitting {sitting!r}")
        rule, duty = _value(each, "rule", str, where, "forbidden"), _value(each, "duty", str, where, "")
        if duty and duty not in DUTIES:
            raise BadInstance(f"{where}.duty: {duty!r} is none of {', '.join(DUTIES)}")
        key = (person, sitting, duty)
        found[key] = found.get(key, frozenset()) | {rule}
    return found


def _settings(written: dict[str, Any]) -> Settings:
    said = written.get("settings") or {}
    if not isinstance(said, dict):
        raise BadInstance("settings: this is no object")
    plain = Settings()
    numbers: dict[str, float] = {}
    for name in ("time_limit_s", "gap", "seed"):
        value = said.get(name)
        value = getattr(plain, name) if value is None else value
        most = math.inf if name == "seed" else MOST
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value < math.inf or value > most:
            raise BadInstance(f"settings.{name}: {value!r} is no number")
        numbers[name] = value
    return Settings(
        _value(said, "cross_district", bool, "settings", False),
        int(numbers["seed"]) % 2**31,
        numbers["time_limit_s"],
        numbers["gap"],
    )


def _list(written: Any, name: str, where: str) -> list[Any]:
    found: list[Any] = _value(written, name, list, where or "the instance")
    return found


def _value(written: Any, name: str, kind: type, where: str, default: Any = None) -> Any:
    if not isinstance(written, dict):
        raise BadInstance(f"{where}: this is no object")
    found = written.get(name)
    found = default if found is None else found
    if not isinstance(found, kind):
        raise BadInstance(f"{where}: {name!r} is missing or no {kind.__name__}")
    return found


def _moment(written: Any, name: str, where: str) -> datetime:
    return _as_moment(_value(written, name, str, where), f"{where}.{name}")


def _as_moment(text: Any, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadInstance(f"{where}: {text!r} is no moment such as 2026-07-01T09:00:00+08:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
