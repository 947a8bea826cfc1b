"""Overriding a rule (规则豁免): two people of the oversight side, a reason, and a trace for ever.

An override lets one person pass one rule for one object, and nobody else. Law is never overridden, nor are
the rules that ask for two people.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from trainhub import ledger
from trainhub.governance.duties import duties_of
from trainhub.governance.models import Override, OverrideState
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.people.models import Person
from trainhub.separation import relations
from trainhub.separation.catalogue import RULES
from trainhub.separation.duties import Duty
from trainhub.separation.identity import follow, person_standing_for, records_of
from trainhub.separation.models import Overridden, side_of
from trainhub.separation.rules import Rule
from trainhub.separation.stating import withdraw as take_back

CODE_LENGTH = 8
LONGEST_OBJECT = 80
REASON_LENGTH = (10, 2000)
OPEN = (OverrideState.PROPOSED, OverrideState.APPROVED)


def overridable_rules() -> list[Rule]:
    """Return the rules that two people may override."""
    return [rule for rule in RULES if rule.may_be_overridden]


def propose(rule_id: str, person: Person | None, object_code: str, reason: str, *, by: Person) -> Override:
    """Propose to let a person pass a rule for one object; somebody else decides.

    Args:
        rule_id: which rule.
        person: whom it concerns; None where the rule speaks of nobody in particular.
        object_code: code of what it concerns, as the refusal named it.
        reason: why; it shows for ever.
        by: a supervisor, never the person concerned.

    Raises:
        Forbidden: the acting person is no supervisor, or is the person concerned.
        Invalid: there is no such rule, it may not be overridden, or object or reason are missing.
        Conflict: the same is proposed or let pass already.
    """
    _require_supervisor(by)
    rule = _overridable(rule_id)
    object_code, reason = object_code.strip(), reason.strip()
    if not 0 < len(object_code) <= LONGEST_OBJECT or not object_code.isprintable():
        raise Invalid(_("Say what it concerns: the code that the refusal names."))
    if not REASON_LENGTH[0] <= len(reason) <= REASON_LENGTH[1]:
        raise Invalid(_("Give a reason of %(least)s to %(most)s characters.", **_reason_lengths()))
    person_id = None if person is None else person_standing_for(person.id)
    _require_unconcerned(person_id, by)
    lock("override", f"{rule.id} {person_id} {object_code}")
    if db.session.scalar(_same(rule.id, person_id, object_code).limit(1)) is not None:
        raise Conflict(_("The same override is proposed or in force already."))
    row = Override(
        code=readable_code(CODE_LENGTH),
        rule=rule.id,
        person_id=person_id,
        object_code=object_code,
        side=_side_of(rule),
        reason=reason,
        state=OverrideState.PROPOSED,
        proposed_by_id=by.id,
        proposed_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _note("override.proposed", row, by, reason_sha256=hashlib.sha256(reason.encode()).hexdigest())
    return row


def approve(code: str, *, by: Person) -> Override:
    """Let pass what somebody else proposed: from now on the rule does not refuse it.

    Raises:
        NotFound: there is no such override.
        Forbidden: the acting person is no supervisor, proposed it, or is the person concerned.
        Conflict: it was decided before.
        Invalid: the rule may not be overridden any more.
    """
    row = _decided(code, OverrideState.APPROVED, by)
    _overridable(row.rule)
    relations.state_overridden(
        row.rule, row.person_id or "", row.object_code, row.side, by=by, source=f"override {row.code}"
    )
    _note("override.approved", row, by)
    return row


def refuse(code: str, *, by: Person) -> Override:
    """Do not let pass what somebody else proposed.

    Raises:
        NotFound: there is no such override.
        Forbidden: the acting person is no supervisor, proposed it, or is the person concerned.
        Conflict: it was decided before.
    """
    row = _decided(code, OverrideState.REFUSED, by)
    _note("override.refused", row, by)
    return row


def withdraw(code: str, *, by: Person) -> Override:
    """Take a proposal back, or end an override: the rule refuses again, and the trace stays.

    Raises:
        NotFound: there is no such override.
        Forbidden: the acting person is no supervisor, or is the person concerned.
        Conflict: it was refused or withdrawn before.
    """
    row = _locked(code, by)
    if row.state not in OPEN:
        raise Conflict(_("This override was refused or withdrawn before."))
    if row.state == OverrideState.APPROVED:
        follow(by=by)
        facts = {"rule": row.rule, "person_id": row.person_id or "", "object_code": row.object_code}
        take_back(Overridden, by=by, source=f"override {row.code} withdrawn", **facts)
    row.state, row.withdrawn_by_id, row.withdrawn_at = OverrideState.WITHDRAWN, by.id, clock.now()
    _note("override.withdrawn", row, by)
    return row


def get_override(code: str) -> Override:
    """Return an override by its code.

    Raises:
        NotFound: there is none.
    """
    row = db.session.scalar(with_people().where(Override.code == code))
    if row is None:
        raise NotFound(_l("There is no such override."))
    return row


def with_people() -> Select[Override]:
    """Return the query for overrides with the persons that they name, the newest first."""
    people = (Override.person, Override.proposed_by, Override.decided_by, Override.withdrawn_by)
    return (
        select(Override)
        .options(*(joinedload(each) for each in people))
        .order_by(Override.proposed_at.desc(), Override.id.desc())
    )


def listed(state: str, rule: str, object_code: str) -> Select[Override]:
    """Return the query for overrides of a state, a rule and an object; what is empty holds none back."""
    chosen = with_people()
    if state in set(OverrideState):
        chosen = chosen.where(Override.state == state)
    if rule:
        chosen = chosen.where(Override.rule == rule)
    if object_code:
        chosen = chosen.where(Override.object_code == object_code)
    return chosen


def concerning(object_code: str) -> list[Override]:
    """Return every override about an object, also refused and withdrawn ones: for its proof report."""
    return list(db.session.scalars(with_people().where(Override.object_code == object_code)))


def awaiting(person: Person) -> Select[Override]:
    """Return the query for what others proposed and a supervisor may decide."""
    own = records_of(person.id)
    return with_people().where(
        Override.state == OverrideState.PROPOSED,
        Override.proposed_by_id.not_in(own),
        Override.person_id.is_(None) | Override.person_id.not_in(own),
    )


def number_awaiting(person: Person) -> int:
    """Return how many proposals wait for a supervisor."""
    waiting = awaiting(person).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(waiting)) or 0


def may_decide(row: Override, person: Person) -> bool:
    """Tell whether a supervisor may approve or refuse a proposal."""
    own = records_of(person.id)
    return row.state == OverrideState.PROPOSED and not {row.proposed_by_id, row.person_id} & own


def may_withdraw(row: Override, person: Person) -> bool:
    """Tell whether a supervisor may take a proposal back or end an override."""
    return row.state in OPEN and row.person_id not in records_of(person.id)


def _decided(code: str, state: OverrideState, by: Person) -> Override:
    row = _locked(code, by)
    if row.proposed_by_id in records_of(by.id):
        raise Forbidden(_l("Somebody else decides: nobody lets pass alone what they proposed."))
    if row.state != OverrideState.PROPOSED:
        raise Conflict(_("This override was decided before."))
    row.state, row.decided_by_id, row.decided_at = state, by.id, clock.now()
    return row


def _locked(code: str, by: Person) -> Override:
    _require_supervisor(by)
    lock("override", code)
    row = db.session.scalar(
        select(Override)
        .where(Override.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(_l("There is no such override."))
    _require_unconcerned(row.person_id, by)
    return row


def _require_supervisor(by: Person) -> None:
    if Duty.SUPERVISE not in duties_of(by):
        raise Forbidden(_l("Rules are overridden by supervisors."))


def _require_unconcerned(person_id: str | None, by: Person) -> None:
    if person_id in records_of(by.id):
        raise Forbidden(_l("Nobody proposes or decides an override for themself."))


def _overridable(rule_id: str) -> Rule:
    rule = next((rule for rule in RULES if rule.id == rule_id), None)
    if rule is None:
        raise Invalid(_("There is no such rule."))
    if not rule.may_be_overridden:
        raise Invalid(_("%(rule)s cannot be overridden: it is law, or asks for two people.", rule=rule.id))
    return rule


def _same(rule_id: str, person_id: str | None, object_code: str) -> Select[int]:
    whom = Override.person_id.is_(None)
    if person_id is not None:
        whom = Override.person_id.in_(records_of(person_id))
    return select(Override.id).where(
        Override.rule == rule_id, whom, Override.object_code == object_code, Override.state.in_(OPEN)
    )


def _side_of(rule: Rule) -> str:
    """Return the side whose acts a rule decides."""
    sides = {side_of(name) for name in rule.relations}
    if "exam" in sides:
        return "exam"
    return "training" if sides & {"training", "door"} else "core"


def _reason_lengths() -> dict[str, int]:
    return {"least": REASON_LENGTH[0], "most": REASON_LENGTH[1]}


def _note(kind: str, row: Override, by: Person, **more: str) -> None:
    ledger.append(
        kind,
        by=by,
        side="oversight",
        override=row.code,
        rule=row.rule,
        person=row.person_id,
        object=row.object_code,
        **more,
    )
