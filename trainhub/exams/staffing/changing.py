"""Somebody falls ill: which places are to be drawn again so that as little changes as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from trainhub.exams.staffing.barring import Pair
from trainhub.exams.staffing.drafts import WORDS, Colleague, Draft, Place
from trainhub.exams.staffing.outlook import Budget, Why, in_words, possible_people
from trainhub.exams.staffing.planning import draft
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
        reasons: what keeps others away, if nobody is found.
    """

    place: Place
    number: int
    freed: tuple[str, ...]
    missing: int
    possible: int
    reasons: tuple[Why, ...] = ()


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
    drafted = draft(centres, first, last, redrawn=True)
    others = {who: each for who, each in drafted.colleagues.items() if who != person.id}
    before = [
        (place, row.person_id)
        for place in drafted.places
        for row in place.standing
        if row.person_id in drafted.colleagues
    ]
    if not any(who == person.id for _place, who in before):
        return Change((), len(before))
    return _compared(
        replace(drafted, colleagues=others, barred=_only(drafted.barred, others)), before, person
    )


def _only(
    barred: Mapping[Pair, frozenset[str]], people: Mapping[str, Colleague]
) -> dict[Pair, frozenset[str]]:
    return {pair: rules for pair, rules in barred.items() if pair[0] in people}


def _wanted(place: Place, there: Sequence[str], person: Person) -> int:
    """Return how many are to stay: whoever stands for it, less the absent one if there are enough without."""
    return max(len(there) - (person.id in there), min(place.needed, len(there)))


def _compared(drafted: Draft, before: list[tuple[Place, str]], person: Person) -> Change:
    from trainhub.exams.staffing.plan import Assignment, solve
    from trainhub.exams.staffing.plan.blaming import blame

    budget = Budget()
    there = {place.id: [who for each, who in before if each is place] for place in drafted.places}
    needs = {place.id: _wanted(place, there[place.id], person) for place in drafted.places}
    instance = drafted.instance(budget.left, needs)
    previous = [Assignment(place.id, who, WORDS[place.duty]) for place, who in before if who != person.id]
    try:
        found = solve(instance, previous)
    except RuntimeError:
        return Change((), 0, is_known=False)
    after = {(each.sitting, each.person) for each in found.assignments}
    why = blame(instance, found.missing, found.assignments) if found.missing and not budget.is_spent else {}
    possible = possible_people(instance)
    redraws, kept = [], 0
    for place in drafted.places:
        stay = [who for who in there[place.id] if (place.id, who) in after]
        kept += len(stay)
        if needs[place.id] > len(stay):
            key = place.id, WORDS[place.duty]
            redraw = Redraw(
                place,
                needs[place.id] - len(stay),
                tuple(
                    sorted(
                        drafted.colleagues[who].person.name for who in {*there[place.id]} - {*stay, person.id}
                    )
                ),
                found.missing.get(key, 0),
                max(0, possible.get(place.id, 0) - len(stay)),
                tuple(in_words(drafted, each) for each in why.get(key, ())),
            )
            redraws.append(redraw)
    return Change(tuple(redraws), kept)
