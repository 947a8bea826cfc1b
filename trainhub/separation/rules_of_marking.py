"""Rules of marking by people: who may not mark or enter whose response, and that nobody does so twice.

What was lately is counted back from the day on which a response was given to an assessor, or an answer sheet
taken up.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select

from trainhub.kernel.i18n import _l
from trainhub.separation.register import Register
from trainhub.separation.rules import Rule, Way, local_policy
from trainhub.separation.rules_of_the_day import lately


def _pair(r: Register, *more: Any) -> Any:
    return select(
        r.judged.c.person_id.label("person"),
        r.judged.c.response_code.label("object"),
        r.judged.c.other_id.label("candidate"),
        *more,
    ).select_from(r.judged)


def _own(r: Register) -> Any:
    return _pair(r).where(r.judged.c.other_id == r.judged.c.person_id)


def _taught(r: Register) -> Any:
    return (
        _pair(r, r.taught.c.class_code.label("class"), r.taught.c.organisation_code.label("organisation"))
        .join(r.taught, r.taught.c.person_id == r.judged.c.person_id)
        .join(
            r.attended,
            and_(
                r.attended.c.class_code == r.taught.c.class_code,
                r.attended.c.person_id == r.judged.c.other_id,
            ),
        )
        .where(lately(r.taught, r.judged))
    )


def _at_work(r: Register) -> Any:
    return (
        _pair(r, r.employed.c.organisation_code.label("organisation"))
        .join(r.employed, r.employed.c.person_id == r.judged.c.person_id)
        .where(lately(r.employed, r.judged))
    )


def _works_for_named(r: Register) -> Any:
    return _at_work(r).join(
        r.registered,
        and_(
            r.registered.c.person_id == r.judged.c.other_id,
            r.registered.c.sitting_code == r.judged.c.sitting_code,
            r.employed.c.organisation_code.in_(
                (r.registered.c.employer_code, r.registered.c.training_body_code)
            ),
        ),
    )


def _works_where_candidate_is(r: Register, there: Any) -> Any:
    return (
        _at_work(r)
        .join(
            there,
            and_(
                there.c.person_id == r.judged.c.other_id,
                there.c.organisation_code == r.employed.c.organisation_code,
            ),
        )
        .where(lately(there, r.judged))
    )


def _works_for_employer(r: Register) -> Any:
    return _works_where_candidate_is(r, r.employed_2)


def _works_for_training_body(r: Register) -> Any:
    return _works_where_candidate_is(r, r.attended)


def _close(r: Register) -> Any:
    one, other = r.judged.c.person_id, r.judged.c.other_id
    return _pair(r).join(
        r.related,
        or_(
            and_(r.related.c.person_id == one, r.related.c.other_id == other),
            and_(r.related.c.person_id == other, r.related.c.other_id == one),
        ),
    )


def _twice(r: Register) -> Any:
    return (
        select(r.judged.c.person_id.label("person"), r.judged.c.response_code.label("object"))
        .select_from(r.judged)
        .join(
            r.judged_2,
            and_(
                r.judged_2.c.response_code == r.judged.c.response_code,
                r.judged_2.c.person_id == r.judged.c.person_id,
                r.judged_2.c.row_id != r.judged.c.row_id,
            ),
        )
    )


_RECUSAL = local_policy(_l("city rule on recusal; no article on safety examinations was found"))
_COLLEAGUE = _l(
    "%(person)s works or lately worked for %(organisation)s, as the candidate %(candidate)s does."
)

MARKS_NO_ACQUAINTANCE = Rule(
    id="S-23",
    title=_l(
        "Nobody marks a response, or enters an answer sheet, of their own, of people they taught or are "
        "close to, or of their own employer or training body"
    ),
    source=_RECUSAL,
    ways=(
        Way(_own, _l("%(person)s is the candidate.")),
        Way(_taught, _l("%(person)s taught %(candidate)s in the class %(class)s of %(organisation)s.")),
        Way(
            _works_for_named,
            _l(
                "%(person)s works or lately worked for %(organisation)s, which sent or trained %(candidate)s."
            ),
        ),
        Way(_works_for_employer, _COLLEAGUE),
        Way(
            _works_for_training_body,
            _l("%(person)s works or lately worked for %(organisation)s, which trained %(candidate)s."),
        ),
        Way(_close, _l("%(person)s and the candidate %(candidate)s are declared to be close.")),
    ),
)
MARKS_ONCE = Rule(
    id="S-24",
    title=_l("Nobody marks the same response, or enters the same answer sheet, twice"),
    source=local_policy(_l("four eyes: the gravest acts need two people")),
    may_be_overridden=False,
    ways=(Way(_twice, _l("%(person)s has this response or answer sheet already, or had it.")),),
)

RULES = (MARKS_NO_ACQUAINTANCE, MARKS_ONCE)
