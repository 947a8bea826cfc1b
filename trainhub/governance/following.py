"""What stands against a person or between organisations once two records turn out to be one.

A process of one side asks only what its side may know; oversight, and the auditor, know everything.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app
from sqlalchemy import or_, select

from trainhub.config import Side
from trainhub.kernel.db import db
from trainhub.separation.catalogue import RULES
from trainhub.separation.decisions import Violation, run
from trainhub.separation.identity import PERSONS, person_standing_for
from trainhub.separation.models import RELATIONS, Relation, side_of
from trainhub.separation.overriding import parted
from trainhub.separation.register import Register, chunks, columns_of, current, relation_of
from trainhub.separation.rules import VISIBLE, Way
from trainhub.separation.rules_of_duties import ORGANISATIONS_APART
from trainhub.separation.stating import copy_of


def violations_of_person(person_id: str) -> list[Violation]:
    """Return what stands against a person now under any of their records, apart from what was let pass."""
    root = person_standing_for(person_id)
    known = _known_here()
    found: dict[tuple[str, str, str], Violation] = {}
    for name in sorted(known):
        for lot in chunks(_rows_about(root, RELATIONS[name])):
            for violation in _found_by(name, [copy_of(row) for row in lot], known):
                if violation.person == root:
                    key = (violation.rule.id, violation.object, violation.fact)
                    found.setdefault(key, violation)
    return parted(sorted(found.values(), key=lambda each: (each.rule.id, each.object)))[0]


def violations_between_organisations() -> list[Violation]:
    """Return what stands against organisations now (S-03)."""
    known = _known_here()
    ways = [way for way in ORGANISATIONS_APART.ways if way.relations <= known]
    return [violation for way in ways for violation in run(ORGANISATIONS_APART, way, Register())]


def _rows_about(person_id: str, model: type[Relation]) -> list[Relation]:
    columns = [getattr(model, name) for name in PERSONS if name in columns_of(model)]
    if not columns:
        return []
    named = or_(*(column == person_id for column in columns))
    return list(db.session.scalars(select(model).where(current(model), named)))


def _found_by(name: str, rows: list[Relation], known: set[str]) -> Iterable[Violation]:
    for rule in RULES:
        for way in rule.ways:
            if _is_about_one(way) and way.relations <= known:
                for look in way.looks:
                    if relation_of(look) == name:
                        yield from run(rule, way, Register(proposed=rows, focus=look))


def _is_about_one(way: Way) -> bool:
    return not way.whole


def _known_here() -> set[str]:
    """Return the relations that this process may read."""
    side = current_app.config["SETTINGS"].side
    if side in (Side.ALL, Side.OVERSIGHT):
        return set(RELATIONS)
    return {name for name in RELATIONS if side_of(name) in VISIBLE[side.value]}
