"""The auditor (审计): every rule over the whole register, for any moment, each violation with its proof."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid, NotFound
from trainhub.kernel.i18n import _
from trainhub.people.models import Person
from trainhub.separation.catalogue import RULES
from trainhub.separation.comparing import Comparison, compare
from trainhub.separation.comparing_words import as_json as comparison_as_json
from trainhub.separation.decisions import SeparationRefused, Violation, run
from trainhub.separation.models import RELATIONS, SittingRelation
from trainhub.separation.overriding import parted
from trainhub.separation.register import Register, current
from trainhub.separation.rules import Rule, Way
from trainhub.separation.rules_of_wings import CONTENT_DOES_NOT_TEACH
from trainhub.separation.walls import Wall, walls


@dataclass(frozen=True)
class AuditReport:
    """What an audit found (审计结果).

    Args:
        at: the moment whose knowledge was used.
        rules: identifiers of the rules that were run.
        rows: how many rows of the register were known then.
        walls: which of the four walls stand.
        violations: what was found.
        overridden: what was found and two of the oversight side had let pass.
        seconds: how long it took.
        comparison: of the register with the rooms' own records; None if they were not compared: of the past,
            of one sitting, or where not all rooms can be heard.
    """

    at: datetime
    rules: tuple[str, ...]
    rows: int
    walls: tuple[Wall, ...]
    violations: tuple[Violation, ...]
    seconds: float
    overridden: tuple[Violation, ...] = ()
    comparison: Comparison | None = None

    @property
    def is_clean(self) -> bool:
        """Tell whether no rule is violated and register and records agree as far as they were compared."""
        return not self.violations and not (self.comparison and self.comparison.total)

    def as_json(self) -> dict[str, Any]:
        """Return the report in the form that the command line prints."""
        return {
            "at": self.at.isoformat(),
            "rules": list(self.rules),
            "rows": self.rows,
            "walls": [
                {"wall": wall.name, "stands": wall.stands, "why": str(wall.why)} for wall in self.walls
            ],
            "violations": [_as_json(violation) for violation in self.violations],
            "overridden": [_as_json(violation) for violation in self.overridden],
            **comparison_as_json(self.comparison),
            "seconds": round(self.seconds, 3),
        }


def _as_json(violation: Violation) -> dict[str, Any]:
    return {
        "rule": violation.rule.id,
        "person": violation.person,
        "object": violation.object,
        "fact": violation.fact,
        "evidence": [{"relation": each.relation, "row": each.row} for each in violation.evidence],
    }


def audit(at: datetime | None = None, sitting: str | None = None, *, compares: bool = True) -> AuditReport:
    """Run all rules over the stored register.

    Args:
        at: what was known at this moment; now unless said.
        sitting: only what concerns this sitting.
        compares: whether the register is compared with the rooms' own records too.

    Raises:
        NotFound: the register knows no such sitting: that nothing was found in it would say nothing.
    """
    begun = time.monotonic()
    if sitting is not None and not _is_known(sitting):
        raise NotFound(_("The register knows no sitting %(code)s.", code=sitting))
    rules = [rule for rule in RULES if sitting is None or _speaks_of_sittings(rule)]
    violations, overridden = parted(_found(rules, at, sitting), at)
    compares = compares and at is None and sitting is None
    return AuditReport(
        at=at or clock.now(),
        rules=tuple(rule.id for rule in rules),
        rows=rows_known(at),
        walls=walls(),
        violations=tuple(violations),
        overridden=tuple(overridden),
        comparison=compare() if compares else None,
        seconds=time.monotonic() - begun,
    )


def read_moment(text: str) -> datetime:
    """Return the moment that somebody typed: ISO 8601, in Asia/Shanghai unless it says otherwise.

    Raises:
        Invalid: it is no moment, or has not come yet.
    """
    try:
        moment = datetime.fromisoformat(text)
        moment = clock.from_local(moment) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(_("Write the moment as year-month-day and time, such as 2026-07-01T09:00.")) from None
    if moment > clock.now():
        raise Invalid(_("That moment has not come yet: nobody knows what the register will hold."))
    return moment


def violations_of(
    rules: Iterable[Rule] = RULES, at: datetime | None = None, sitting: str | None = None
) -> list[Violation]:
    """Return what violates some rules in the stored register and was not let pass, each with every proof."""
    return parted(_found(rules, at, sitting), at)[0]


def _found(rules: Iterable[Rule], at: datetime | None, sittings: str | Select[Any] | None) -> list[Violation]:
    found: dict[tuple[Any, ...], Violation] = {}
    for rule in rules:
        for way in rule.ways:
            if sittings is None or _way_speaks_of_sittings(way):
                for violation in run(rule, way, Register(at=at, only_sittings=sittings)):
                    key = (rule.id, violation.person, violation.object, violation.evidence)
                    found.setdefault(key, violation)
    return list(found.values())


def violations_of_sitting(sitting_code: str) -> list[Violation]:
    """Return what violates a rule in one sitting now: asked once more before it is opened."""
    return violations_of([rule for rule in RULES if _speaks_of_sittings(rule)], sitting=sitting_code)


def violations_in(sittings: Select[Any]) -> list[Violation]:
    """Return what violates a rule now in the sittings whose codes a query gives, and was not let pass."""
    return parted(_found([rule for rule in RULES if _speaks_of_sittings(rule)], None, sittings))[0]


def require_sitting(sitting_code: str, *, by: Person) -> None:
    """Refuse to go on with a sitting in which a rule is violated now.

    Raises:
        Refused: the first of the violations, with its facts.
    """
    violations = violations_of_sitting(sitting_code)
    if violations:
        raise SeparationRefused(violations, by.id)


def planned_conflicts() -> list[Violation]:
    """Return the violations in sittings not yet ended: conflicts that became known after staff was appointed.

    The late door: the training side states what was, and the examination side is told here.
    """
    ended_not = select(SittingRelation.sitting_code).where(
        current(SittingRelation), SittingRelation.ends_at > clock.now()
    )
    rules = [rule for rule in RULES if _speaks_of_sittings(rule) and not rule.counts]
    return parted(_found(rules, None, ended_not))[0]


def conflicts_of_content() -> list[Violation]:
    """Return who teaches for items in use that they know (S-04); the bank retires these, and tells nobody."""
    return violations_of([CONTENT_DOES_NOT_TEACH])


def rows_known(at: datetime | None = None) -> int:
    """Return how many rows the register had at a moment."""
    total = 0
    for model in RELATIONS.values():
        statement = select(func.count()).select_from(model)
        if at is not None:
            statement = statement.where(model.recorded_at <= at)
        total += db.session.scalar(statement) or 0
    return total


def _is_known(sitting_code: str) -> bool:
    named = select(SittingRelation.id).where(SittingRelation.sitting_code == sitting_code).limit(1)
    return db.session.scalar(named) is not None


def _speaks_of_sittings(rule: Rule) -> bool:
    return any(_way_speaks_of_sittings(way) for way in rule.ways)


def _way_speaks_of_sittings(way: Way) -> bool:
    return any(hasattr(RELATIONS[name], "sitting_code") for name in way.relations)
