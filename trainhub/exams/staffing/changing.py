"""Somebody falls ill: which places are to be drawn again so that as little changes as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trainhub.exams.staffing.absences import whole_days
from trainhub.exams.staffing.outlook import Budget
from trainhub.exams.staffing.planning import WORDS, Draft, Place, draft
from trainhub.people.models import Person


@dataclass(frozen=True)
class Redraw:
    """A place that is to be drawn again (重新抽派).

    Args:
        place: which.
        number: how many people.
        freed: names of those who would leave it to be free for another place, beside the absent one.
        missing: for how many nobody is found.
        possible: who could be drawn for it.
    """

    place: Place
    number: int
    freed: tuple[str, ...]
    missing: int
    possible: int


@dataclass(frozen=True)
class Change:
    """What follows from one person's absence (临时变更测算).

    Args:
        redraws: places to be drawn again, by time.
        kept: appointments that stay as they are.
        is_known: whether a plan was found in time.
    """

    redraws: tuple[Redraw, ...]
    kept: int
    is_known: bool = True

    @property
    def missing(self) -> int:
        """For how many nobody is found."""
        return sum(each.missing for each in self.redraws)


def change_for(person: Person, first: date, last: date, *, centres: Sequence[int]) -> Change:
    """Return what is to be drawn again if a person cannot come on some days.

    Everybody else who is appointed stays where they are unless the place cannot be filled otherwise.
    """
    drafted = draft(centres, first, last, away={person.id: [whole_days(first, last)]}, redrawn=True)
    before = [
        (place, row.person_id)
        for place in drafted.places
        for row in place.standing
        if row.person_id in drafted.colleagues
    ]
    needs = {place.id: _wanted(place, person) for place in drafted.places}
    if not any(row_person == person.id for _place, row_person in before):
        return Change((), len(before))
    return _compared(drafted, needs, before, person)


def _wanted(place: Place, person: Person) -> int:
    """Return how many are to stay: whoever stands for it, less the absent one if there are enough without."""
    standing = [row.person_id for row in place.standing]
    without = [each for each in standing if each != person.id]
    return max(len(without), min(place.needed, len(standing)))


def _compared(
    drafted: Draft, needs: dict[str, int], before: list[tuple[Place, str]], person: Person
) -> Change:
    from trainhub.exams.staffing.outlook import possible_people
    from trainhub.exams.staffing.plan import Assignment, solve

    previous = [Assignment(place.id, who, WORDS[place.duty]) for place, who in before]
    instance = drafted.instance(Budget().left, needs)
    try:
        found = solve(instance, previous)
    except RuntimeError:
        return Change((), 0, is_known=False)
    after = {(each.sitting, each.person) for each in found.assignments}
    left = [(place, who) for place, who in before if (place.id, who) not in after]
    missing = Counter({place_id: number for (place_id, _duty), number in found.missing.items()})
    possible = possible_people(instance)
    redraws = []
    for place in drafted.places:
        gone = [who for each, who in left if each.id == place.id]
        if gone and needs[place.id] > len(place.standing) - len(gone):
            freed = (drafted.colleagues[who].person.name for who in gone if who != person.id)
            number = needs[place.id] - (len(place.standing) - len(gone))
            others = sum((place.id, who) in after for each, who in before if each.id == place.id)
            spare = max(0, possible.get(place.id, 0) - others)
            redraws.append(Redraw(place, number, tuple(sorted(freed)), missing[place.id], spare))
    return Change(tuple(redraws), len(before) - len(left))
