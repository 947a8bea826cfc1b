"""The sittings that the register knows, as oversight looks for one; it asks no wing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, exists, select

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.models import Organisation
from trainhub.separation.auditor import violations_in
from trainhub.separation.decisions import Violation
from trainhub.separation.models import RELATIONS, Opened, Published, SittingRelation
from trainhub.separation.register import current

STATES = ("planned", "opened", "published")
AUDITED_AT_ONCE = 300
"""So many sittings of a selection are audited to tell in which of them something was found."""


@dataclass(frozen=True)
class Selection:
    """Which sittings somebody looks for.

    Args:
        centre: code of an exam centre.
        first: the first day.
        last: the last day.
        state: one of ``STATES``.
        code: of one sitting.
    """

    centre: str = ""
    first: date | None = None
    last: date | None = None
    state: str = ""
    code: str = ""


def sittings(selection: Selection) -> Select[SittingRelation]:
    """Return the query for the sittings of a selection, the latest first."""
    statement = select(SittingRelation).where(current(SittingRelation))
    if selection.centre:
        statement = statement.where(SittingRelation.organisation_code == selection.centre)
    if selection.first:
        statement = statement.where(SittingRelation.starts_at >= _midnight(selection.first))
    if selection.last:
        statement = statement.where(SittingRelation.starts_at < _midnight(selection.last + timedelta(days=1)))
    if selection.code:
        statement = statement.where(SittingRelation.sitting_code == selection.code)
    if selection.state in STATES:
        opened, published = (_stated(model) for model in (Opened, Published))
        wanted = {"planned": ~opened & ~published, "opened": opened & ~published, "published": published}
        statement = statement.where(wanted[selection.state])
    return statement.order_by(SittingRelation.starts_at.desc(), SittingRelation.sitting_code)


def _midnight(day: date) -> datetime:
    return clock.from_local(datetime.combine(day, time()))


def _stated(model: type[Opened] | type[Published]) -> ColumnElement[bool]:
    return exists().where(model.sitting_code == SittingRelation.sitting_code, current(model))


def states_of(codes: Sequence[str]) -> dict[str, str]:
    """Return how far some sittings are, by their codes."""
    states = dict.fromkeys(codes, "planned")
    for state, model in (("opened", Opened), ("published", Published)):
        found = select(model.sitting_code).where(model.sitting_code.in_(codes), current(model))
        states |= dict.fromkeys(db.session.scalars(found), state)
    return states


def centres() -> list[tuple[str, str]]:
    """Return code and name of every organisation that ever held a sitting."""
    codes = list(db.session.scalars(select(SittingRelation.organisation_code).distinct()))
    named = names_of_organisations(codes)
    return sorted(((code, named.get(code, code)) for code in codes), key=lambda each: each[1])


def names_of_organisations(codes: Sequence[str]) -> dict[str, str]:
    """Return the names of organisations by their codes."""
    found: dict[str, str] = {}
    for start in range(0, len(codes), AUDITED_AT_ONCE):
        lot = codes[start : start + AUDITED_AT_ONCE]
        rows = db.session.execute(
            select(Organisation.code, Organisation.name).where(Organisation.code.in_(lot))
        )
        found |= {code: name for code, name in rows}
    return found


def first_of(statement: Select[SittingRelation]) -> list[SittingRelation]:
    """Return as many of the sittings of a query as are audited at once."""
    return list(db.session.scalars(statement.limit(AUDITED_AT_ONCE)))


def findings(codes: Sequence[str]) -> Counter[str]:
    """Return how many violations stand in each of some sittings; those without one are left out."""
    wanted = set(codes)
    chosen = select(SittingRelation.sitting_code).where(
        current(SittingRelation), SittingRelation.sitting_code.in_(sorted(wanted))
    )
    count: Counter[str] = Counter()
    for violation in violations_in(chosen) if wanted else ():
        named = {violation.object} if violation.object in wanted else _sittings_of(violation) & wanted
        count.update(named)
    return count


def _sittings_of(violation: Violation) -> set[str]:
    """Return the sittings of which the proof of a violation speaks."""
    rows = (
        db.session.get(RELATIONS[each.relation], each.row)
        for each in violation.evidence
        if each.row is not None
    )
    return {str(code) for row in rows if (code := getattr(row, "sitting_code", None))}
