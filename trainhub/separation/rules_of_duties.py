"""Static rules: which duties exclude each other, and which organisations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select

from trainhub.kernel.i18n import _l
from trainhub.people.models import OrganisationKind
from trainhub.separation.duties import ADMINISTRATION, BARRING_TRAINING, EXAMINATION
from trainhub.separation.register import Register, figure_on, months_after
from trainhub.separation.rules import Rule, Way, law, local_policy

EXAM_KINDS = (OrganisationKind.EXAM_CENTRE, OrganisationKind.EXAM_SITE)


def _overlapping(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(
        or_(other.c.ends_on.is_(None), one.c.starts_on <= other.c.ends_on),
        or_(one.c.ends_on.is_(None), other.c.starts_on <= one.c.ends_on),
    )


def _begins_within(earlier: Any, later: Any) -> ColumnElement[bool]:
    months = figure_on("separation.cooling_off_months", later.c.starts_on)
    return or_(earlier.c.ends_on.is_(None), later.c.starts_on <= months_after(earlier.c.ends_on, months))


def _training_and_exam(r: Register) -> Any:
    training, exam = r.granted, r.granted_2
    return (
        select(
            training.c.person_id.label("person"),
            exam.c.duty.label("object"),
            training.c.duty.label("duty"),
            training.c.organisation_code.label("organisation"),
            training.c.starts_on.label("since"),
            training.c.ends_on.label("until"),
            exam.c.duty.label("other_duty"),
        )
        .join_from(training, exam, training.c.person_id == exam.c.person_id)
        .where(
            training.c.duty.in_(BARRING_TRAINING),
            exam.c.duty.in_(EXAMINATION),
            _begins_within(training, exam),
            _begins_within(exam, training),
        )
    )


def _administrator_with_more(r: Register) -> Any:
    administration, other = r.granted, r.granted_2
    return (
        select(
            administration.c.person_id.label("person"),
            other.c.duty.label("object"),
            administration.c.duty.label("duty"),
            other.c.duty.label("other_duty"),
            other.c.starts_on.label("since"),
            other.c.ends_on.label("until"),
        )
        .join_from(administration, other, administration.c.person_id == other.c.person_id)
        .where(
            administration.c.duty.in_(ADMINISTRATION),
            other.c.duty != administration.c.duty,
            _overlapping(administration, other),
        )
    )


def _duty_of_the_other_wing(r: Register) -> Any:
    granted, organisation = r.granted, r.organisation
    return (
        select(
            granted.c.person_id.label("person"),
            granted.c.organisation_code.label("object"),
            granted.c.duty.label("duty"),
            granted.c.organisation_code.label("organisation"),
        )
        .join_from(granted, organisation, granted.c.organisation_code == organisation.c.organisation_code)
        .where(
            or_(
                and_(granted.c.duty.in_(BARRING_TRAINING), organisation.c.kind.in_(EXAM_KINDS)),
                and_(granted.c.duty.in_(EXAMINATION), organisation.c.kind == OrganisationKind.TRAINING_BODY),
            )
        )
    )


def _opposed(training: Any, exam: Any) -> ColumnElement[bool]:
    return and_(training.c.kind == OrganisationKind.TRAINING_BODY, exam.c.kind.in_(EXAM_KINDS))


def _same_responsible_person(r: Register) -> Any:
    training, exam = r.organisation, r.organisation_2
    return (
        select(
            training.c.person_id.label("person"),
            exam.c.organisation_code.label("object"),
            training.c.organisation_code.label("organisation"),
            exam.c.organisation_code.label("other_organisation"),
        )
        .join_from(training, exam, training.c.person_id == exam.c.person_id)
        .where(_opposed(training, exam))
    )


def _chain_of_owners(r: Register) -> Any:
    """Return training and exam organisations joined by a chain of owners, however long."""
    affiliated, further, training, exam = r.affiliated, r.affiliated_2, r.organisation, r.organisation_2
    chain = select(affiliated.c.organisation_code.label("low"), affiliated.c.other_code.label("high")).cte(
        "chain", recursive=True
    )
    chain = chain.union(
        select(chain.c.low, further.c.other_code).join_from(
            chain, further, further.c.organisation_code == chain.c.high
        )
    )
    return (
        select(
            literal("").label("person"),
            exam.c.organisation_code.label("object"),
            training.c.organisation_code.label("organisation"),
            exam.c.organisation_code.label("other_organisation"),
        )
        .select_from(chain)
        .join(training, training.c.organisation_code.in_((chain.c.low, chain.c.high)))
        .join(exam, exam.c.organisation_code.in_((chain.c.low, chain.c.high)))
        .where(_opposed(training, exam))
    )


def _training_body_holds_a_sitting(r: Register) -> Any:
    return (
        select(
            literal("").label("person"),
            r.sitting.c.sitting_code.label("object"),
            r.sitting.c.organisation_code.label("organisation"),
        )
        .join_from(
            r.sitting, r.organisation, r.organisation.c.organisation_code == r.sitting.c.organisation_code
        )
        .where(r.organisation.c.kind == OrganisationKind.TRAINING_BODY)
    )


TRAINING_AND_EXAM = Rule(
    id="S-01",
    title=_l(
        "Nobody holds a training duty and an examination duty at once, nor within the cooling-off period"
    ),
    source=local_policy(
        _l("modelled on the Hunan standard for exam sites: exam staff take no part in connected training")
    ),
    ways=(
        Way(
            _training_and_exam,
            _l("%(person)s holds the duty %(duty)s for %(organisation)s from %(since)s to %(until)s."),
        ),
    ),
)

THREE_ADMINISTRATORS = Rule(
    id="S-02",
    title=_l(
        "System, security and audit administrator are three people, and none of them has a business duty"
    ),
    source=local_policy(_l("three administrators kept apart, after GB/T 22239-2019")),
    may_be_overridden=False,
    ways=(
        Way(
            _administrator_with_more,
            _l("%(person)s holds %(duty)s and %(other_duty)s at the same time (%(since)s to %(until)s)."),
        ),
    ),
)

ORGANISATIONS_APART = Rule(
    id="S-03",
    title=_l(
        "No organisation is both a training body and an exam site or centre, owns one, or shares its "
        "responsible person with one"
    ),
    source=law(
        _l("应急厅函〔2021〕274号, item 2: exam bodies and sites do no training connected with their task")
    ),
    ways=(
        Way(_duty_of_the_other_wing, _l("%(organisation)s would have %(person)s do %(duty)s.")),
        Way(
            _same_responsible_person,
            _l("%(organisation)s and %(other_organisation)s have the same responsible person."),
        ),
        Way(
            _chain_of_owners,
            _l("One of %(organisation)s and %(other_organisation)s belongs to the other."),
            evidence=("organisation", "organisation_2"),
            whole=True,
        ),
        Way(
            _training_body_holds_a_sitting,
            _l("%(organisation)s is a training body and would hold a sitting."),
        ),
    ),
)

RULES = (TRAINING_AND_EXAM, THREE_ADMINISTRATORS, ORGANISATIONS_APART)
