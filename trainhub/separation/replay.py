"""Deciding once more (复算): what the rules say of an old decision by what was known then, and by now's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.ledger import Entry
from trainhub.separation.auditor import violations_of
from trainhub.separation.catalogue import RULES, rule_by_id
from trainhub.separation.decisions import Evidence, Violation, check
from trainhub.separation.models import RELATIONS, Relation, name_of, side_of
from trainhub.separation.refusals import KIND
from trainhub.separation.register import columns_of
from trainhub.separation.rules import Rule, local_policy
from trainhub.separation.stating import copy_of


@dataclass(frozen=True)
class Recorded:
    """One violation as the ledger has it."""

    rule: Rule
    person: str
    object: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Replay:
    """An old decision decided once more (复算结果).

    Args:
        asked: the rules that may decide an act of this kind.
        then: what stood against it by what was known at that moment.
        today: what would stand against it now.
    """

    asked: tuple[Rule, ...]
    then: tuple[Violation, ...]
    today: tuple[Violation, ...]


@dataclass(frozen=True)
class Refusal:
    """A refused act as the ledger has it, and decided once more (被拒绝的操作).

    Args:
        entry: of the ledger.
        rule: the one that the person was shown.
        violations: all that stood against it.
        proposed: the rows that the act would have added, as far as they stood against a rule.
        replay: decided once more; None where the entry does not hold enough for it.
    """

    entry: Entry
    rule: Rule
    violations: tuple[Recorded, ...]
    proposed: tuple[Relation, ...]
    replay: Replay | None

    @property
    def agrees(self) -> bool:
        """Whether deciding once more finds exactly what was recorded."""
        if self.replay is None:
            return False
        return _marks(self.violations) == _marks(self.replay.then)


def refusal_of(entry_id: int) -> Refusal:
    """Return one refused act of the ledger and decide it once more.

    Raises:
        NotFound: the ledger has no such refusal.
    """
    entry = db.session.get(Entry, entry_id)
    if entry is None or entry.kind != KIND or entry.body is None:
        raise NotFound(_l("There is no such refusal."))
    violations = violations_in(entry)
    proposed = tuple(_row(each) for each in _facts(entry).get("proposed", ()))
    rule = _rule(_facts(entry)["rule"])
    replayed = replay(proposed, entry.at) if proposed else _replay_stored(violations, entry.at)
    return Refusal(entry, rule, violations, proposed, replayed)


def violations_in(entry: Entry) -> tuple[Recorded, ...]:
    """Return the violations that an entry about a refusal holds."""
    return tuple(
        Recorded(
            _rule(each["rule"]),
            each["person"],
            each["object"],
            tuple(Evidence(row["relation"], row["row"]) for row in each["evidence"]),
        )
        for each in _facts(entry)["violations"]
    )


def replay(rows: Iterable[Relation], at: datetime) -> Replay:
    """Ask the rules about an act once more: by the register of that moment, and by the register of now."""
    proposed = tuple(rows)
    names = {name_of(row) for row in proposed}
    asked = tuple(
        rule
        for rule in RULES
        if names & set(rule.relations) and all(rule.may_decide(side_of(name)) for name in names)
    )
    return Replay(asked, tuple(check(*proposed, at=at)), tuple(check(*proposed)))


def replay_of_row(row: Relation) -> Replay | None:
    """Decide once more whether a row of the register could be added; nothing is asked about a void one."""
    return None if row.void else replay([copy_of(row)], row.recorded_at)


def row_of(relation: str, number: int) -> Relation:
    """Return one row of the register.

    Raises:
        NotFound: there is none.
    """
    model = RELATIONS.get(relation)
    row = None if model is None else db.session.get(model, number)
    if row is None:
        raise NotFound(_l("The register has no such row."))
    return row


def superseding(row: Relation) -> Relation | None:
    """Return the row that took the place of one, if any did."""
    model = type(row)
    return db.session.scalars(select(model).where(model.supersedes_id == row.id)).first()


def _replay_stored(violations: tuple[Recorded, ...], at: datetime) -> Replay | None:
    """Decide once more what was refused because of stored rows alone, such as opening a sitting."""
    if not violations or not all(each.evidence and _is_stored(each) for each in violations):
        return None
    asked = tuple({each.rule.id: each.rule for each in violations}.values())
    objects = {each.object for each in violations}

    def found(moment: datetime | None) -> tuple[Violation, ...]:
        return tuple(each for each in violations_of(asked, moment) if each.object in objects)

    return Replay(asked, found(at), found(None))


def _is_stored(violation: Recorded) -> bool:
    return all(row.row is not None for row in violation.evidence)


def _marks(violations: Iterable[Recorded | Violation]) -> set[tuple[Any, ...]]:
    return {
        (each.rule.id, each.person, each.object, frozenset((row.relation, row.row) for row in each.evidence))
        for each in violations
    }


def _rule(rule_id: str) -> Rule:
    """Return a rule by its identifier, also one of earlier days: the ledger outlives the rules."""
    try:
        return rule_by_id(rule_id)
    except KeyError:
        return Rule(rule_id, _l("A rule that is no longer in force"), local_policy("–"), ways=())


def _facts(entry: Entry) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(entry.body or "{}")["facts"]
    return facts


def _row(written: dict[str, Any]) -> Relation:
    model = RELATIONS[written["relation"]]
    facts = written["facts"]
    said = {name: _value(model, name, facts.get(name)) for name in columns_of(model)}
    return model(**said, void=False, supersedes_id=facts.get("supersedes_id"))


def _value(model: type[Relation], name: str, value: Any) -> Any:
    kind = model.__table__.columns[name].type.python_type
    if value is None or kind not in (date, datetime):
        return value
    return kind.fromisoformat(value)
