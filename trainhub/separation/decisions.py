"""Deciding: may this be added to the register? Each violation names its rule, its source and its facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from trainhub.kernel.db import db
from trainhub.kernel.errors import Refused
from trainhub.kernel.i18n import _, with_values
from trainhub.people.models import Organisation, Person
from trainhub.separation.catalogue import RULES, rule_by_id
from trainhub.separation.duties import Duty
from trainhub.separation.identity import name_roots, person_standing_for
from trainhub.separation.models import RELATIONS, Relation, side_of
from trainhub.separation.naming import called
from trainhub.separation.overriding import parted
from trainhub.separation.prepared import statement_of
from trainhub.separation.register import Register, chunks, facts_of, relation_of
from trainhub.separation.rules import Rule, Way

SHOWN_FACTS = 3
_PERSONS = frozenset({"person", "candidate"})
_ORGANISATIONS = frozenset({"organisation", "other_organisation"})
_DUTIES = frozenset({"duty", "other_duty"})
_NAMES = {model: name for name, model in RELATIONS.items()}


@dataclass(frozen=True)
class Evidence:
    """A row of the register that proves a violation; a proposed row has no number."""

    relation: str
    row: int | None


@dataclass(frozen=True)
class Violation:
    """One way in which a rule is, or would be, broken (违反).

    Args:
        rule: which.
        person: random id of whom it concerns; empty if it is nobody in particular.
        object: code of what it concerns: sitting, item, paper, case, organisation or duty.
        fact: the sentence for the acting side.
        evidence: the rows that prove it.
        proposed: places of the proposed rows among those asked about.
    """

    rule: Rule
    person: str
    object: str
    fact: str
    evidence: tuple[Evidence, ...]
    proposed: tuple[int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.rule.id} {self.rule.title}: {self.fact}"


class SeparationRefused(Refused):
    """A separation rule forbids the act; carries for the ledger what it violates and what was proposed."""

    def __init__(
        self, violations: Sequence[Violation], by_id: str | None, proposed: Sequence[Relation] = ()
    ) -> None:
        first = violations[0]
        same = [violation.fact for violation in violations if violation.rule is first.rule]
        super().__init__(first.rule.reference, _shortened(list(dict.fromkeys(same))))
        self.violations = tuple(violations)
        self.by_id = by_id
        self.proposed = tuple({"relation": _NAMES[type(row)], "facts": facts_of(row)} for row in proposed)


def _shortened(facts: list[str]) -> list[str]:
    if len(facts) <= SHOWN_FACTS:
        return facts
    return [*facts[:SHOWN_FACTS], _("… and %(count)s more.", count=len(facts) - SHOWN_FACTS)]


def check(*proposed: Relation, rules: Iterable[Rule] = RULES, at: datetime | None = None) -> list[Violation]:
    """Return what an act would violate, without raising; to show why something cannot be chosen.

    Args:
        proposed: rows of the register that the act would add, such as ``Appointed(...)``.
        rules: those to ask.
        at: what was known at this moment; now unless said.

    Only rules that read nothing but what the act's own side may know are asked: whoever tries acts and
    watches for refusals learns nothing of the other side.
    """
    name_roots(proposed)
    found: list[Violation] = []
    start = 0
    for lot in chunks(proposed):
        for rule in rules:
            found += (_moved(violation, start) for violation in _violations_by(rule, lot, at))
        start += len(lot)
    return parted(found, at)[0]


def _moved(violation: Violation, start: int) -> Violation:
    return replace(violation, proposed=tuple(start + place for place in violation.proposed))


def check_each(proposals: Sequence[Relation]) -> list[list[Violation]]:
    """Return for each of several alternative rows what it alone would violate; one query for all of them.

    The rows are alternatives: a violation that needs two of them is none of either.
    """
    found: list[list[Violation]] = [[] for _row in proposals]
    start = 0
    for lot in chunks(proposals):
        for violation in check(*lot):
            if len(set(violation.proposed)) == 1:
                found[start + violation.proposed[0]].append(violation)
        start += len(lot)
    return found


def require(*proposed: Relation, by: Person | None) -> None:
    """Refuse an act that a rule forbids.

    Args:
        proposed: rows that the act would add.
        by: who acts.

    Raises:
        Refused: a rule is violated; the refusal names rule, source and facts.
    """
    violations = check(*proposed)
    if violations:
        used = sorted({place for violation in violations for place in violation.proposed})
        raise SeparationRefused(
            violations, None if by is None else by.id, [proposed[place] for place in used]
        )


def require_other_person(rule_id: str, first_person_id: str | None, by: Person) -> None:
    """Refuse the second of two steps to whoever took the first (四眼原则).

    Raises:
        Refused: it is the same person, be it under another record of theirs.
    """
    if first_person_id and person_standing_for(first_person_id) == person_standing_for(by.id):
        fact = _("%(person)s took the step before this one.", person=by.name)
        raise SeparationRefused([Violation(rule_by_id(rule_id), by.id, "", fact, ())], by.id)


def _violations_by(rule: Rule, proposed: Sequence[Relation], at: datetime | None) -> list[Violation]:
    sides = {side_of(_NAMES[type(row)]) for row in proposed}
    found: dict[tuple[Any, ...], Violation] = {}
    for way in rule.ways:
        if all(way.may_decide(side) for side in sides):
            for violation in _violations_in(rule, way, proposed, at):
                found.setdefault(
                    (violation.person, violation.object, violation.evidence, violation.proposed), violation
                )
    return list(found.values())


def _violations_in(
    rule: Rule, way: Way, proposed: Sequence[Relation], at: datetime | None
) -> list[Violation]:
    names = {_NAMES[type(row)] for row in proposed}
    if way.whole:
        return _new_violations(rule, way, proposed, at) if names & way.relations else []
    looks = [
        look
        for look in way.looks
        if relation_of(look) in names and (not way.evidence or look in way.evidence)
    ]
    return [
        violation
        for look in looks
        for violation in run(rule, way, Register(at=at, proposed=proposed, focus=look))
    ]


def _new_violations(
    rule: Rule, way: Way, proposed: Sequence[Relation], at: datetime | None
) -> list[Violation]:
    """Return what the whole register would violate with the proposed rows and does not without them."""
    before = {(each.person, each.object) for each in run(rule, way, Register(at=at))}
    after = run(rule, way, Register(at=at, proposed=proposed))
    places = tuple(range(len(proposed)))
    return [replace(each, proposed=places) for each in after if (each.person, each.object) not in before]


def run(rule: Rule, way: Way, register: Register) -> list[Violation]:
    """Run one query of a rule and return its violations with their evidence."""
    rows = db.session.execute(*statement_of(way, register)).all()
    words = _words_for(rows)
    return [_violation(rule, way, row, words) for row in rows]


def _violation(rule: Rule, way: Way, row: Row[Any], words: dict[str, str]) -> Violation:
    columns = row._mapping
    numbers = {name.removeprefix("row_"): int(columns[name]) for name in columns if name.startswith("row_")}
    evidence = tuple(
        Evidence(relation_of(look), number if number > 0 else None) for look, number in numbers.items()
    )
    fact = with_values(way.fact, {name: _word(name, value, words) for name, value in columns.items()})
    proposed = tuple(-1 - number for number in numbers.values() if number < 0)
    return Violation(rule, columns["person"] or "", columns["object"], fact, evidence, proposed)


def _word(name: str, value: Any, words: dict[str, str]) -> str:
    if name in _PERSONS or name in _ORGANISATIONS:
        return words.get(value, str(value))
    if name in _DUTIES:
        return str(Duty(value).label)
    if value is None:
        return _("now") if name == "until" else ""
    if isinstance(value, date | datetime):
        return value.isoformat()[:10]
    return str(value)


def _words_for(rows: Sequence[Row[Any]]) -> dict[str, str]:
    persons = {row._mapping[name] for row in rows for name in _PERSONS if name in row._mapping}
    codes = {row._mapping[name] for row in rows for name in _ORGANISATIONS if name in row._mapping}
    words: dict[str, str] = {}
    for lot in _lots(persons):
        named = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(lot)))
        words |= {row[0]: called(row[0], row[1]) for row in named}
    for lot in _lots(codes):
        statement = select(Organisation.code, Organisation.name).where(Organisation.code.in_(lot))
        words |= {row[0]: row[1] for row in db.session.execute(statement)}
    return words


def _lots(values: set[Any], size: int = 500) -> Iterable[list[str]]:
    known = sorted(value for value in values if value)
    return (known[start : start + size] for start in range(0, len(known), size))
