"""Rules of the exam day: who may not stand before which candidates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from trainhub.kernel.i18n import _l
from trainhub.separation.duties import Duty
from trainhub.separation.register import Register, figure_on, months_before
from trainhub.separation.rules import Rule, Way, local_policy

BEFORE_CANDIDATES = (Duty.INVIGILATE, Duty.ASSESS)


def lately(past: Any, act: Any) -> ColumnElement[bool]:
    """Tell whether what was so until then still counts on the day of a sitting, or of an act (回溯期)."""
    months = figure_on("separation.lookback_months", act.c.starts_on)
    return or_(past.c.ends_on.is_(None), past.c.ends_on >= months_before(act.c.starts_on, months))


def _taught(r: Register) -> Any:
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.appointed.c.sitting_code.label("object"),
            r.registered.c.person_id.label("candidate"),
            r.taught.c.class_code.label("class"),
            r.taught.c.organisation_code.label("organisation"),
            r.taught.c.starts_on.label("since"),
            r.taught.c.ends_on.label("until"),
        )
        .select_from(r.appointed)
        .join(r.sitting, r.sitting.c.sitting_code == r.appointed.c.sitting_code)
        .join(r.taught, r.taught.c.person_id == r.appointed.c.person_id)
        .join(r.attended, r.attended.c.class_code == r.taught.c.class_code)
        .join(
            r.registered,
            and_(
                r.registered.c.person_id == r.attended.c.person_id,
                r.registered.c.sitting_code == r.appointed.c.sitting_code,
            ),
        )
        .where(r.appointed.c.duty.in_(BEFORE_CANDIDATES), lately(r.taught, r.sitting))
    )


def _staff_is_candidate(r: Register) -> Any:
    return select(
        r.appointed.c.person_id.label("person"),
        r.appointed.c.sitting_code.label("object"),
        r.appointed.c.duty.label("duty"),
    ).join_from(
        r.appointed,
        r.registered,
        and_(
            r.registered.c.person_id == r.appointed.c.person_id,
            r.registered.c.sitting_code == r.appointed.c.sitting_code,
        ),
    )


def _staff_and_candidates(r: Register) -> Any:
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.appointed.c.sitting_code.label("object"),
            r.registered.c.person_id.label("candidate"),
            r.employed.c.organisation_code.label("organisation"),
        )
        .select_from(r.appointed)
        .join(r.sitting, r.sitting.c.sitting_code == r.appointed.c.sitting_code)
        .join(r.employed, r.employed.c.person_id == r.appointed.c.person_id)
        .join(r.registered, r.registered.c.sitting_code == r.appointed.c.sitting_code)
        .where(r.appointed.c.duty.in_(BEFORE_CANDIDATES), lately(r.employed, r.sitting))
    )


def _works_for_named(r: Register) -> Any:
    return _staff_and_candidates(r).where(
        r.employed.c.organisation_code.in_((r.registered.c.employer_code, r.registered.c.training_body_code))
    )


def _works_for_employer(r: Register) -> Any:
    return (
        _staff_and_candidates(r)
        .join(r.employed_2, r.employed_2.c.person_id == r.registered.c.person_id)
        .where(
            r.employed_2.c.organisation_code == r.employed.c.organisation_code,
            lately(r.employed_2, r.sitting),
        )
    )


def _works_for_training_body(r: Register) -> Any:
    return (
        _staff_and_candidates(r)
        .join(r.attended, r.attended.c.person_id == r.registered.c.person_id)
        .where(
            r.attended.c.organisation_code == r.employed.c.organisation_code,
            lately(r.attended, r.sitting),
        )
    )


def _inspector_at_home(r: Register) -> Any:
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.appointed.c.sitting_code.label("object"),
            r.employed.c.organisation_code.label("organisation"),
        )
        .select_from(r.appointed)
        .join(r.sitting, r.sitting.c.sitting_code == r.appointed.c.sitting_code)
        .join(r.employed, r.employed.c.person_id == r.appointed.c.person_id)
        .where(
            r.appointed.c.duty == Duty.INSPECT,
            r.employed.c.organisation_code == r.sitting.c.organisation_code,
            lately(r.employed, r.sitting),
        )
    )


def _inspector_in_own_district(r: Register) -> Any:
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.appointed.c.sitting_code.label("object"),
            r.qualified.c.district.label("district"),
        )
        .select_from(r.appointed)
        .join(r.sitting, r.sitting.c.sitting_code == r.appointed.c.sitting_code)
        .join(r.qualified, r.qualified.c.person_id == r.appointed.c.person_id)
        .where(
            r.appointed.c.duty == Duty.INSPECT,
            r.qualified.c.duty == Duty.INSPECT,
            r.qualified.c.district == r.sitting.c.district,
        )
    )


def _related(r: Register, staff: str, candidate: str) -> Any:
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.appointed.c.sitting_code.label("object"),
            r.registered.c.person_id.label("candidate"),
        )
        .select_from(r.appointed)
        .join(r.related, r.related.c[staff] == r.appointed.c.person_id)
        .join(
            r.registered,
            and_(
                r.registered.c.person_id == r.related.c[candidate],
                r.registered.c.sitting_code == r.appointed.c.sitting_code,
            ),
        )
        .where(r.appointed.c.duty.in_(BEFORE_CANDIDATES))
    )


def _declared_by_staff(r: Register) -> Any:
    return _related(r, "person_id", "other_id")


def _declared_by_candidate(r: Register) -> Any:
    return _related(r, "other_id", "person_id")


_EMPLOYER_FACT = _l(
    "%(person)s works or lately worked for %(organisation)s, as the candidate %(candidate)s does."
)
_CLOSE_FACT = _l("%(person)s and the candidate %(candidate)s are declared to be close.")

TAUGHT_A_CANDIDATE = Rule(
    id="S-07",
    title=_l("An instructor does not invigilate or assess people they taught"),
    source=local_policy(
        _l("city rule on invigilators; the 2017 rule of the grid licence examination says the same")
    ),
    ways=(
        Way(
            _taught,
            _l(
                "%(person)s taught %(candidate)s in the class %(class)s of %(organisation)s "
                "(%(since)s to %(until)s)."
            ),
        ),
    ),
)
STAFF_IS_NOT_CANDIDATE = Rule(
    id="S-08",
    title=_l("Nobody is staff of a sitting in which they are a candidate"),
    source=local_policy(_l("city rule on exam staff")),
    ways=(Way(_staff_is_candidate, _l("%(person)s is registered as a candidate of this sitting.")),),
)
STAFF_IS_NOT_COLLEAGUE = Rule(
    id="S-09",
    title=_l("Invigilators and assessors are not of a candidate's employer or training body"),
    source=local_policy(_l("city rule on recusal; no article on safety examinations was found")),
    ways=(
        Way(
            _works_for_named,
            _l(
                "%(person)s works or lately worked for %(organisation)s, which sent or trained %(candidate)s."
            ),
        ),
        Way(_works_for_employer, _EMPLOYER_FACT),
        Way(
            _works_for_training_body,
            _l("%(person)s works or lately worked for %(organisation)s, which trained %(candidate)s."),
        ),
    ),
)
INSPECTOR_FROM_OUTSIDE = Rule(
    id="S-10",
    title=_l("An inspector does not inspect their own site or district"),
    source=local_policy(_l("city rule on inspection")),
    ways=(
        Way(
            _inspector_at_home,
            _l("%(person)s works or lately worked for %(organisation)s, which runs the site."),
        ),
        Way(
            _inspector_in_own_district,
            _l("%(person)s belongs to the district %(district)s, as the site does."),
        ),
    ),
)
DECLARED_RELATION = Rule(
    id="S-18",
    title=_l("Invigilators and assessors are not declared relations of a candidate"),
    source=local_policy(_l("city rule on recusal; no article on safety examinations was found")),
    ways=(Way(_declared_by_staff, _CLOSE_FACT), Way(_declared_by_candidate, _CLOSE_FACT)),
)

RULES = (
    TAUGHT_A_CANDIDATE,
    STAFF_IS_NOT_CANDIDATE,
    STAFF_IS_NOT_COLLEAGUE,
    INSPECTOR_FROM_OUTSIDE,
    DECLARED_RELATION,
)
