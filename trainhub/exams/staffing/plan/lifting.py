"""The instance as it would be if some of what keeps places empty were lifted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from trainhub.exams.staffing.plan.instance import Instance, Sitting, Somebody

SHORTAGES = ("qualification", "district", "site", "unavailable", "max_sittings", "people")
ELSEWHERE = "\N{HORIZONTAL ELLIPSIS}"
"""A district that no sitting has."""


@dataclass(frozen=True)
class Reason:
    """One thing that, with the others named beside it, keeps a place empty (缺员原因).

    Args:
        reason: identifier of a rule, or which shortage.
        people: who could come if it were lifted; empty where people are missing altogether.
        missing: how many people are missing altogether.
    """

    reason: str
    people: tuple[str, ...]
    missing: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the reason in the form of exchange."""
        kind = "shortage" if self.reason in SHORTAGES else "rule"
        said = {kind: self.reason, "people": list(self.people)}
        return said | ({"missing": self.missing} if self.reason == "people" else {})


Blamed = tuple[str, str, Reason]
"""A sitting, a duty, and what keeps its place empty."""


def lifted(instance: Instance, reasons: Iterable[Blamed]) -> Instance:
    """Return the instance without these reasons.

    A rule is lifted for everybody at the sitting; a shortage for the people that the reason names. What a
    person has or has not wherever they go (qualification, district, site) is lifted for every sitting.
    """
    sittings = {each.id: each for each in instance.sittings}
    people = {each.id: each for each in instance.people}
    forbidden = dict(instance.forbidden)
    for code, duty, reason in reasons:
        sitting = sittings[code]
        if reason.reason == "people":
            for number in range(reason.missing):
                somebody = _new(f"\N{WHITE CIRCLE}{code} {duty} {number}", sitting, duty)
                people[somebody.id] = somebody
        elif reason.reason in SHORTAGES:
            for who in reason.people:
                people[who] = _without(people[who], reason.reason, sitting)
        else:
            for pair in [pair for pair in forbidden if pair[1] == code]:
                forbidden[pair] = forbidden[pair] - {reason.reason}
    return replace(instance, people=tuple(people.values()), forbidden=forbidden)


def _new(name: str, sitting: Sitting, duty: str) -> Somebody:
    qualified = frozenset({sitting.qualification})
    return Somebody(name, frozenset({duty}), qualified, ELSEWHERE, "", max_sittings=1)


def _without(person: Somebody, shortage: str, sitting: Sitting) -> Somebody:
    if shortage == "qualification":
        return replace(person, qualifications=person.qualifications | {sitting.qualification})
    if shortage == "district":
        return replace(person, district=ELSEWHERE)
    if shortage == "site":
        return replace(person, site="")
    if shortage == "unavailable":
        away = [
            (begin, end)
            for begin, end in person.unavailable
            if not (begin < sitting.ends_at and sitting.starts_at < end)
        ]
        return replace(person, unavailable=tuple(away))
    return replace(person, max_sittings=person.max_sittings + 1)
