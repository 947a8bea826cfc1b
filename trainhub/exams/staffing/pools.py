"""The pool of a draw: sittings with their places in order, who could come, and who is excluded and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from trainhub import regulations, separation
from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing import lottery
from trainhub.exams.staffing.absences import away_periods
from trainhub.exams.staffing.appointing import appointments_of, proposed
from trainhub.exams.staffing.needs import needs_of
from trainhub.exams.staffing.register import qualified_on
from trainhub.kernel import clock
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

NAMES = {Duty.INSPECT: "inspector", Duty.ASSESS: "assessor", Duty.INVIGILATE: "invigilator"}
"""What a duty is called in a file of exchange; places are filled in this order."""
DUTIES = {name: duty for duty, name in NAMES.items()}
ON_DUTY, ABSENT = "on duty", "absent"
"""What keeps somebody away beside the rules: at this sitting already, or entered as absent."""
SECONDS = 5.0

Excluded = dict[tuple[str, str, str], list[str]]
"""By person, sitting and duty: identifiers of rules, or ``on duty``, or ``absent``."""


@dataclass(frozen=True)
class Shortage:
    """A place of a pool that cannot be filled, and what is in the way (缺员).

    Args:
        sitting: code of the sitting.
        duty: which.
        missing: number of people.
        because: rules and shortages whose lifting would fill it.
    """

    sitting: str
    duty: Duty
    missing: int
    because: tuple[str, ...]


class CannotBeFilled(Conflict):
    """Not all places of a pool can be filled; the text says which, and what is in the way."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        told = [
            _(
                "%(sitting)s: %(missing)s missing for %(duty)s (%(because)s)",
                sitting=each.sitting,
                missing=each.missing,
                duty=each.duty.label,
                because=_(", ").join(each.because),
            )
            for each in shortages
        ]
        super().__init__(_("These places cannot be filled: %(places)s.", places=_("; ").join(told)))


def pool_of(sittings: Sequence[Sitting], duties: Iterable[Duty]) -> dict[str, Any]:
    """Return the pool of a draw for what some sittings of one centre and day still lack.

    Raises:
        Conflict: nothing is lacking.
        CannotBeFilled: there are not enough people whom no rule excludes.
    """
    wanted = sorted(set(duties), key=list(NAMES).index)
    ordered = sorted(sittings, key=lambda each: (each.starts_at, each.code))
    places = {each.code: _places(each, wanted) for each in ordered}
    if not any(places.values()):
        raise Conflict(_("Nobody is missing at these sittings."))
    qualified = {duty: _qualified(ordered, duty) for duty in wanted}
    people: dict[str, set[str]] = defaultdict(set)
    for duty, persons in qualified.items():
        for person in persons:
            people[person.id].add(NAMES[duty])
    excluded = _excluded(ordered, qualified)
    pool = {
        "sittings": [
            {
                "id": each.code,
                "starts_at": _written(each.starts_at),
                "ends_at": _written(each.ends_at),
                "places": places[each.code],
            }
            for each in ordered
        ],
        "people": [
            {"id": person, "duties": sorted(names), "most": 0} for person, names in sorted(people.items())
        ],
        "excluded": [
            {"person": person, "sitting": sitting, "duty": duty, "because": sorted(why)}
            for (person, sitting, duty), why in sorted(excluded.items())
        ],
    }
    _share_the_load(pool)
    return pool


def _written(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _places(sitting: Sitting, duties: Sequence[Duty]) -> list[dict[str, Any]]:
    """Return the places that are empty: for invigilators a room each, where people lack most first."""
    needs = needs_of(sitting)
    found: list[dict[str, Any]] = []
    for duty in duties:
        missing = needs[duty].missing if duty in needs else 0
        rooms = _rooms_in_need(sitting, missing) if duty is Duty.INVIGILATE else [None] * missing
        found += [{"duty": NAMES[duty], "room": room} for room in rooms]
    return found


def _rooms_in_need(sitting: Sitting, missing: int) -> list[str]:
    there = [row.room.exam_room.code for row in appointments_of(sitting) if row.room is not None]
    rooms = [(room.exam_room.code, room.seats) for room in sitting.rooms]
    minimum = int(
        regulations.value("site.invigilators.per_room_minimum", on=clock.local_day(sitting.starts_at))
    )
    found: list[str] = []
    for _number in range(missing):
        count = {code: there.count(code) + found.count(code) for code, _seats in rooms}
        # First what every room must have, then where one invigilator watches most seats.
        below = [code for code, _seats in rooms if count[code] < minimum]
        fullest = max(rooms, key=lambda room: room[1] / (count[room[0]] + 1))[0]
        found.append(below[0] if below else fullest)
    return found


def _qualified(sittings: Sequence[Sitting], duty: Duty) -> list[Person]:
    first = sittings[0]
    return qualified_on(first.organisation_id, duty, clock.local_day(first.starts_at))


def _excluded(sittings: Sequence[Sitting], qualified: dict[Duty, list[Person]]) -> Excluded:
    """Return who may not come to which sitting for which duty, and why."""
    found: Excluded = {}
    for sitting in sittings:
        there = {row.person_id for row in appointments_of(sitting)}
        absent = _absent(sitting, qualified)
        for duty, people in qualified.items():
            violations = separation.check_each([proposed(person, sitting, duty) for person in people])
            for person, against in zip(people, violations, strict=True):
                why = {each.rule.id for each in against} | ({ABSENT} if person.id in absent else set())
                why = {ON_DUTY} if person.id in there else why
                if why:
                    found[person.id, sitting.code, NAMES[duty]] = sorted(why)
    return found


def _absent(sitting: Sitting, qualified: dict[Duty, list[Person]]) -> set[str]:
    people = {person.id for many in qualified.values() for person in many}
    return {
        person
        for person, periods in away_periods(people).items()
        if any(begin < sitting.ends_at and sitting.starts_at < end for begin, end in periods)
    }


def _share_the_load(pool: dict[str, Any]) -> None:
    """Let the planner say how the load is shared, and write it into the pool; blame what cannot be filled.

    Raises:
        CannotBeFilled: there are not enough people.
        Conflict: the sittings overlap in a chain for which one draw is too strict.
    """
    # The solver is large: a process that never draws does not load it.
    from trainhub.exams.staffing.plan import read_instance
    from trainhub.exams.staffing.plan.answering import answer

    planned = answer(read_instance(_instance(pool)))
    if planned["shortages"]:
        raise CannotBeFilled([_shortage(each) for each in planned["shortages"]])
    for most in range(planned["load"]["max"], len(pool["sittings"]) + 1):
        for person in pool["people"]:
            person["most"] = most
        if not lottery.unfilled(pool):
            return
    raise Conflict(
        _("These sittings overlap so that one draw cannot fill them all. Draw the earlier ones first.")
    )


def _shortage(written: dict[str, Any]) -> Shortage:
    reasons = tuple(str(each.get("rule") or each["shortage"]) for each in written["because"])
    return Shortage(written["sitting"], DUTIES[written["duty"]], written["missing"], reasons)


def _instance(pool: dict[str, Any]) -> dict[str, Any]:
    """Return a pool in the planner's form of exchange; the rules have judged districts and sites already."""
    times = {each["id"]: [each["starts_at"], each["ends_at"]] for each in pool["sittings"]}
    there = {(each["person"], each["sitting"]) for each in pool["excluded"] if each["because"] == [ON_DUTY]}
    sittings = []
    for each in pool["sittings"]:
        duties = [place["duty"] for place in each["places"]]
        sittings.append(
            {
                **{name: each[name] for name in ("id", "starts_at", "ends_at")},
                "needs": {duty: duties.count(duty) for duty in sorted(set(duties))},
                "district": each["id"],
            }
        )
    return {
        "sittings": sittings,
        "people": [
            {
                "id": each["id"],
                "duties": each["duties"],
                "qualifications": [""],
                "on_duty": [times[sitting] for person, sitting in there if person == each["id"]],
            }
            for each in pool["people"]
        ],
        "forbidden": [
            {"person": each["person"], "sitting": each["sitting"], "duty": each["duty"], "rule": rule}
            for each in pool["excluded"]
            for rule in each["because"]
            if rule != ON_DUTY
        ],
        "settings": {"time_limit_s": SECONDS, "gap": 0.01},
    }
