"""Who may not come where, by the rules of separation: all pairs of persons and places asked at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from trainhub import separation
from trainhub.kernel import clock
from trainhub.separation import RULES, Appointed, Rule, Violation

if TYPE_CHECKING:
    from trainhub.exams.staffing.drafts import Place

Pair = tuple[str, str]
"""Random id of a person, and what the solver calls a place."""
COMPARING = tuple(rule for rule in RULES if not rule.counts)
COUNTING = tuple(rule for rule in RULES if rule.counts)


def barred_by_rules(asked: Sequence[tuple[str, Place]]) -> dict[tuple[str, Place], frozenset[str]]:
    """Return by which rules persons may not take places, each pair as if it alone were added.

    Rules that compare are asked about all pairs at once. Rules that count (rotation) would count the
    alternatives of one person together: they are asked sitting by sitting.
    """
    found: dict[tuple[str, Place], set[str]] = defaultdict(set)
    _note(found, asked, COMPARING)
    by_sitting: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    for pair in asked:
        by_sitting[pair[1].sitting.code].append(pair)
    for pairs in by_sitting.values():
        _note(found, pairs, COUNTING)
    return {pair: frozenset(rules) for pair, rules in found.items()}


def _note(
    found: dict[tuple[str, Place], set[str]], asked: Sequence[tuple[str, Place]], rules: Sequence[Rule]
) -> None:
    rows = [proposed(person_id, place) for person_id, place in asked]
    for violation in separation.check(*rows, rules=rules) if rows else ():
        if len(set(violation.proposed)) == 1:
            found[asked[violation.proposed[0]]].add(violation.rule.id)


def too_often_together(taken: Sequence[tuple[str, Place]]) -> Mapping[tuple[str, Place], str]:
    """Return which of the places that a plan gives break a rule that counts only because of one another.

    Of each person the last one in time is named: without it the run is shorter by one.
    """
    taken = sorted(taken, key=lambda each: (each[0], each[1].id))
    rows = [proposed(person_id, place) for person_id, place in taken]
    broken: dict[str, list[tuple[Place, Violation]]] = defaultdict(list)
    for violation in separation.check(*rows, rules=COUNTING) if rows else ():
        for number in set(violation.proposed):
            person_id, place = taken[number]
            broken[person_id].append((place, violation))
    last: dict[tuple[str, Place], str] = {}
    for person_id, found in broken.items():
        place, violation = max(found, key=lambda each: each[0].sitting.starts_at)
        last[person_id, place] = violation.rule.id
    return last


def proposed(person_id: str, place: Place) -> Appointed:
    """Return the row of the register that an appointment would add."""
    return Appointed(
        person_id=person_id,
        sitting_code=place.sitting.code,
        duty=place.duty,
        starts_on=clock.today(),
        void=False,
    )
