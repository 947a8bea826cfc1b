"""Rules of the exam day: who may not stand before which candidates, and how many must stand there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from trainhub.kernel.i18n import _l
from trainhub.separation.duties import Duty
from trainhub.separation.register import Register, figure_on, months_before
from trainhub.separation.rules import Rule, Way, local_policy

BEFORE_CANDIDATES = (Duty.INVIGILATE, Duty.ASSESS)


def _lately(past: Any, sitting: Any) -> ColumnElement[bool]:
    months = figure_on("separation.lookback_months", sitting.c.starts_on)
    return or_(past.c.ends_on.is_(None), past.c.ends_on >= months_before(sitting.c.starts_on, months))


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
        .where(r.appointed.c.duty.in_(BEFORE_CANDIDATES), _lately(r.taught, r.sitting))
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
        .where(r.appointed.c.duty.in_(BEFORE_CANDIDATES), _lately(r.employed, r.sitting))
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
            _lately(r.employed_2, r.sitting),
        )
    )


def _works_for_training_body(r: Register) -> Any:
    return (
        _staff_and_candidates(r)
        .join(r.attended, r.attended.c.person_id == r.registered.c.person_id)
        .where(
            r.attended.c.organisation_code == r.employed.c.organisation_code,
            _lately(r.attended, r.sitting),
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
            _lately(r.employed, r.sitting),
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


def _too_few_invigilators(r: Register) -> Any:
    present = (
        select(func.count(func.distinct(r.appointed.c.person_id)))
        .where(
            r.appointed.c.sitting_code == r.sitting.c.sitting_code,
            r.appointed.c.duty == Duty.INVIGILATE,
        )
        .scalar_subquery()
    )
    candidates = (
        select(func.count(func.distinct(r.registered.c.person_id)))
        .where(r.registered.c.sitting_code == r.sitting.c.sitting_code)
        .scalar_subquery()
    )
    per_room = figure_on("site.invigilators.per_room_minimum", r.sitting.c.starts_on)
    per = figure_on("site.invigilators.candidates_per", r.sitting.c.starts_on)
    return (
        select(
            literal("").label("person"),
            r.sitting.c.sitting_code.label("object"),
            present.label("present"),
            r.sitting.c.rooms.label("rooms"),
            candidates.label("candidates"),
        )
        .join_from(r.opened, r.sitting, r.opened.c.sitting_code == r.sitting.c.sitting_code)
        .where(or_(present < r.sitting.c.rooms * per_room, present * per < candidates))
    )


def _related(r: Register) -> Any:
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.appointed.c.sitting_code.label("object"),
            r.registered.c.person_id.label("candidate"),
        )
        .select_from(r.appointed)
        .join(r.registered, r.registered.c.sitting_code == r.appointed.c.sitting_code)
        .join(
            r.related,
            or_(
                and_(
                    r.related.c.person_id == r.appointed.c.person_id,
                    r.related.c.other_id == r.registered.c.person_id,
                ),
                and_(
                    r.related.c.other_id == r.appointed.c.person_id,
                    r.related.c.person_id == r.registered.c.person_id,
                ),
            ),
        )
        .where(r.appointed.c.duty.in_(BEFORE_CANDIDATES))
    )


def _two_places(r: Register) -> Any:
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.appointed.c.sitting_code.label("object"),
            r.sitting_2.c.sitting_code.label("other_sitting"),
        )
        .select_from(r.appointed)
        .join(r.sitting, r.sitting.c.sitting_code == r.appointed.c.sitting_code)
        .join(
            r.appointed_2,
            and_(
                r.appointed_2.c.person_id == r.appointed.c.person_id,
                r.appointed_2.c.row_id != r.appointed.c.row_id,
            ),
        )
        .join(r.sitting_2, r.sitting_2.c.sitting_code == r.appointed_2.c.sitting_code)
        .where(
            r.sitting_2.c.starts_at < r.sitting.c.ends_at,
            r.sitting.c.starts_at < r.sitting_2.c.ends_at,
        )
    )


_SITE_STANDARD = _l("two invigilators in each room, as the 2017 rule of the grid licence examination has it")
_EMPLOYER_FACT = _l(
    "%(person)s works or lately worked for %(organisation)s, as the candidate %(candidate)s does."
)

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
ENOUGH_INVIGILATORS = Rule(
    id="S-16",
    title=_l("Each room has its invigilators, and there is one for so many candidates"),
    source=local_policy(_SITE_STANDARD),
    ways=(
        Way(
            _too_few_invigilators,
            _l("%(present)s invigilators for %(rooms)s rooms and %(candidates)s candidates."),
            evidence=("opened", "sitting"),
        ),
    ),
    counts=True,
)
DECLARED_RELATION = Rule(
    id="S-18",
    title=_l("Invigilators and assessors are not declared relations of a candidate"),
    source=local_policy(_l("city rule on recusal; no article on safety examinations was found")),
    ways=(Way(_related, _l("%(person)s and the candidate %(candidate)s are declared to be close.")),),
)
ONE_PLACE_AT_A_TIME = Rule(
    id="S-19",
    title=_l("Nobody is on duty at two sittings at the same time, or twice at one"),
    source=local_policy(_l("city rule on exam staff")),
    ways=(Way(_two_places, _l("%(person)s is on duty at the sitting %(other_sitting)s at that time.")),),
)

RULES = (
    TAUGHT_A_CANDIDATE,
    STAFF_IS_NOT_CANDIDATE,
    STAFF_IS_NOT_COLLEAGUE,
    INSPECTOR_FROM_OUTSIDE,
    ENOUGH_INVIGILATORS,
    DECLARED_RELATION,
    ONE_PLACE_AT_A_TIME,
)
