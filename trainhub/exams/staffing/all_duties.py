"""Has a centre enough different people for all its duties, from the item to the certificate?

Some duties must be done by different people (four eyes); a small centre can do without a person for each, but
not without those. Numbers only: who writes the items is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import select

from trainhub import regulations, separation
from trainhub.exams.sites import Site
from trainhub.exams.staffing.needs import numbers_needed, sittings_ahead
from trainhub.exams.staffing.register import STAFF_DUTIES, members_of, qualified_on
from trainhub.governance.duties import holders
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.models import Organisation
from trainhub.separation import Rule
from trainhub.separation.duties import Duty

CONTENT = (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS, Duty.ASSEMBLE_PAPERS, Duty.REVIEW_PAPERS)
OTHERS = (
    Duty.MANAGE_SITES,
    Duty.ARRANGE_SITTINGS,
    Duty.ASSIGN_STAFF,
    Duty.MARK,
    Duty.PUBLISH_RESULTS,
    Duty.ISSUE_CERTIFICATES,
    Duty.HANDLE_OBJECTIONS,
)
APART: tuple[tuple[str, tuple[Duty, ...], tuple[Duty, ...]], ...] = (
    ("S-11", (Duty.AUTHOR_ITEMS,), (Duty.REVIEW_ITEMS,)),
    ("S-12", (Duty.ASSEMBLE_PAPERS,), (Duty.REVIEW_PAPERS,)),
    ("S-13", (Duty.MARK,), (Duty.PUBLISH_RESULTS,)),
    ("S-14", (Duty.PUBLISH_RESULTS,), (Duty.ISSUE_CERTIFICATES,)),
    ("S-14", (Duty.ISSUE_CERTIFICATES,), (Duty.ISSUE_CERTIFICATES,)),
    ("S-21", (Duty.MARK,), (Duty.MARK,)),
    ("S-16", (Duty.INVIGILATE,), (Duty.INVIGILATE,)),
    ("S-17", CONTENT, STAFF_DUTIES),
    ("S-19", STAFF_DUTIES, STAFF_DUTIES),
)
"""Which duties the pair rules keep apart at one item, paper, sitting or result.

The second certificate officer revokes what the first issued; the second marker approves what the first
corrects.
"""
SECOND = {Duty.MARK: 2, Duty.ISSUE_CERTIFICATES: 2}


@dataclass(frozen=True)
class Post:
    """A duty of which a centre needs some people at once (岗位需求).

    Args:
        duty: which.
        needed: how many different people.
        holders: random ids of those who hold it for the centre.
    """

    duty: Duty
    needed: int
    holders: frozenset[str]

    @property
    def missing(self) -> int:
        """How many are missing even if each of them does nothing else."""
        return max(0, self.needed - len(self.holders))


@dataclass(frozen=True)
class Parted:
    """Duties that a rule keeps apart, and whether there are different people for them (须由不同人员担任).

    Args:
        rule: which.
        duties: that it keeps apart.
        people: how many hold any of them.
        needed: how many different people they need.
        missing: how many of those needed cannot be had at once.
    """

    rule: Rule
    duties: tuple[Duty, ...]
    people: int
    needed: int
    missing: int


@dataclass(frozen=True)
class Sufficiency:
    """Whether a centre has enough different people for all duties (全岗位人员是否足够).

    Args:
        centre: whose.
        posts: duties with what is needed and held.
        parted: rule by rule.
        unfilled: posts that stay empty though each person does all that the rules allow them together.
        unfilled_alone: posts that stay empty if each person does one thing only.
        contenders: the duties whose holders are too few together, where each person does one thing only.
        contending: how many people hold any of these.
    """

    centre: Organisation
    posts: tuple[Post, ...]
    parted: tuple[Parted, ...]
    unfilled: Mapping[Duty, int]
    unfilled_alone: Mapping[Duty, int]
    contenders: tuple[Duty, ...]
    contending: int

    @property
    def is_enough(self) -> bool:
        """Whether every rule can be kept."""
        return not self.unfilled


def sufficiency(centre: Organisation) -> Sufficiency:
    """Return whether a centre has enough different people for all duties today."""
    posts = posts_of(centre)
    slots = slots_of(posts)
    alone, contenders = matched(slots)
    people = frozenset[str]().union(*(post.holders for post in posts if post.duty in contenders))
    return Sufficiency(
        centre,
        posts,
        tuple(_parted(posts)),
        _counted(slots, filled(slots, kept_apart(slots))),
        _counted(slots, alone),
        contenders,
        len(people),
    )


def posts_of(centre: Organisation) -> tuple[Post, ...]:
    """Return the duties of a centre, how many people each needs at once, and who holds it."""
    today = clock.today()
    staff = _staff_needed(centre)
    posts = [
        Post(duty, SECOND.get(duty, 1), frozenset(each.id for each in holders(duty, organisation=centre)))
        for duty in (*CONTENT, *OTHERS)
    ]
    for duty in STAFF_DUTIES:
        if staff.get(duty):
            able = {each.id for each in qualified_on(centre.id, duty, today)}
            if duty is Duty.INSPECT:
                able &= _from_outside(centre)
            posts.append(Post(duty, staff[duty], frozenset(able)))
    return tuple(sorted(posts, key=lambda post: list(Duty).index(post.duty)))


def _from_outside(centre: Organisation) -> set[str]:
    """Return the inspectors of a centre's register who may inspect one of its sites at least (S-10)."""
    sites = list(db.session.scalars(select(Site).where(Site.centre_id == centre.id)))
    return {
        member.person_id
        for member in members_of([centre.id])
        if member.duty == Duty.INSPECT
        and (
            not sites
            or any(
                member.district != site.district and member.organisation_id != site.organisation_id
                for site in sites
            )
        )
    }


def _staff_needed(centre: Organisation) -> dict[Duty, int]:
    """Return what the largest sitting ahead needs of each duty, and what one room needs at least."""
    per_room = int(regulations.value("site.invigilators.per_room_minimum", on=clock.today()))
    needed = {Duty.INVIGILATE: per_room, Duty.INSPECT: 1}
    for sitting in sittings_ahead([centre.id]):
        for duty, number in numbers_needed(sitting).items():
            needed[duty] = max(needed.get(duty, 0), number)
    return needed


Slot = tuple[Duty, int, frozenset[str]]
"""A duty, which of its posts, and who could fill it."""


def slots_of(posts: Sequence[Post]) -> list[Slot]:
    """Return the posts one by one."""
    return [(post.duty, number, post.holders) for post in posts for number in range(post.needed)]


def kept_apart(slots: Sequence[Slot]) -> set[tuple[int, int]]:
    """Return which posts must be of different people."""
    pairs = set()
    for one, other in combinations(range(len(slots)), 2):
        duties = slots[one][0], slots[other][0]
        for _rule, left, right in APART:
            if (duties[0] in left and duties[1] in right) or (duties[1] in left and duties[0] in right):
                pairs.add((one, other))
    return pairs


def matched(slots: Sequence[Slot]) -> tuple[set[int], tuple[Duty, ...]]:
    """Return which posts are filled if each person fills one at most, and the duties that are too few.

    A matching that cannot be made larger; from a post left empty, whoever could have filled it and what these
    fill instead are exactly the duties that have fewer people than posts (Hall).
    """
    holder: dict[str, int] = {}
    empty = [slot for slot in range(len(slots)) if not _place(slot, slots, holder, set())]
    reached, waiting = set(empty), list(empty)
    while waiting:
        for person in slots[waiting.pop()][2]:
            other = holder.get(person)
            if other is not None and other not in reached:
                reached.add(other)
                waiting.append(other)
    duties = {slots[slot][0] for slot in reached}
    return set(holder.values()), tuple(duty for duty in Duty if duty in duties)


def _place(slot: int, slots: Sequence[Slot], holder: dict[str, int], tried: set[str]) -> bool:
    for person in sorted(slots[slot][2]):
        if person not in tried:
            tried.add(person)
            if person not in holder or _place(holder[person], slots, holder, tried):
                holder[person] = slot
                return True
    return False


def filled(slots: Sequence[Slot], apart: set[tuple[int, int]]) -> set[int]:
    """Return a largest set of posts that can be filled while those kept apart are of different people."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    taken: dict[tuple[int, str], Any] = {
        (slot, person): model.new_bool_var("")
        for slot, each in enumerate(slots)
        for person in sorted(each[2])
    }
    for slot, each in enumerate(slots):
        model.add_at_most_one(taken[slot, person] for person in sorted(each[2]))
    for one, other in sorted(apart):
        for person in slots[one][2] & slots[other][2]:
            model.add_at_most_one(taken[one, person], taken[other, person])
    model.maximize(sum(taken.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_time_in_seconds = 5.0
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return set()
    return {slot for (slot, _person), variable in taken.items() if solver.boolean_value(variable)}


def _counted(slots: Sequence[Slot], done: set[int]) -> dict[Duty, int]:
    found: dict[Duty, int] = {}
    for number, slot in enumerate(slots):
        if number not in done:
            found[slot[0]] = found.get(slot[0], 0) + 1
    return found


def _parted(posts: Sequence[Post]) -> list[Parted]:
    """Return each rule with its duties taken alone."""
    told = [_inspectors(post) for post in posts if post.duty is Duty.INSPECT]
    for rule_id in dict.fromkeys(rule for rule, _left, _right in APART):
        named = {duty for rule, left, right in APART if rule == rule_id for duty in (*left, *right)}
        own = [post for post in posts if post.duty in named]
        slots = slots_of(own)
        only = {pair for pair in kept_apart(slots) if _by(rule_id, slots[pair[0]][0], slots[pair[1]][0])}
        people = frozenset[str]().union(*(post.holders for post in own))
        missing = len(slots) - len(filled(slots, only))
        duties = tuple(post.duty for post in own)
        needed = sum(post.needed for post in own)
        told.append(Parted(separation.rule_by_id(rule_id), duties, len(people), needed, missing))
    return sorted(told, key=lambda each: each.rule.id)


def _inspectors(post: Post) -> Parted:
    rule = separation.rule_by_id("S-10")
    return Parted(rule, (post.duty,), len(post.holders), post.needed, post.missing)


def _by(rule_id: str, one: Duty, other: Duty) -> bool:
    return any(
        (one in left and other in right) or (other in left and one in right)
        for rule, left, right in APART
        if rule == rule_id
    )
