"""Rules between the wings: who knows the content does not teach for it; neither does the other's acts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from trainhub.kernel.i18n import _l
from trainhub.separation.duties import BARRING_TRAINING, EXAMINATION
from trainhub.separation.register import Register
from trainhub.separation.rules import Rule, Way, local_policy


def _meet(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(
        or_(other.c.ends_on.is_(None), one.c.starts_on <= other.c.ends_on),
        or_(one.c.ends_on.is_(None), other.c.starts_on <= one.c.ends_on),
    )


def _covers(period: Any, day: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(period.c.starts_on <= day, or_(period.c.ends_on.is_(None), period.c.ends_on >= day))


def _teaches_what_is_live(r: Register, worked: Any) -> Any:
    """Return who teaches for a qualification while an item of it is in use; the work is joined to it."""
    r.narrow("taught", to=worked, by="person_id")
    taught, leads_to, live = r.taught, r["class"], r.live
    return (
        select(
            taught.c.person_id.label("person"),
            live.c.item_code.label("object"),
            taught.c.class_code.label("class"),
            live.c.qualification.label("qualification"),
            taught.c.starts_on.label("since"),
            taught.c.ends_on.label("until"),
        )
        .select_from(taught)
        .join(leads_to, leads_to.c.class_code == taught.c.class_code)
        .join(live, live.c.qualification == leads_to.c.qualification)
        .where(_meet(taught, live))
    )


def _with_item(r: Register, worked: Any) -> Any:
    return _teaches_what_is_live(r, worked).join(
        worked, and_(worked.c.person_id == r.taught.c.person_id, worked.c.item_code == r.live.c.item_code)
    )


def _with_paper(r: Register, worked: Any) -> Any:
    return (
        _teaches_what_is_live(r, worked)
        .join(r.contains, r.contains.c.item_code == r.live.c.item_code)
        .join(
            worked,
            and_(worked.c.person_id == r.taught.c.person_id, worked.c.paper_code == r.contains.c.paper_code),
        )
    )


def _trainer_at(r: Register, worked: Any, code: str) -> Any:
    return (
        select(
            worked.c.person_id.label("person"),
            worked.c[code].label("object"),
            r.granted.c.duty.label("duty"),
            r.granted.c.organisation_code.label("organisation"),
            worked.c.starts_on.label("day"),
        )
        .join_from(worked, r.granted, r.granted.c.person_id == worked.c.person_id)
        .where(r.granted.c.duty.in_(BARRING_TRAINING), _covers(r.granted, worked.c.starts_on))
    )


def _examiner_attests(r: Register) -> Any:
    return (
        select(
            r.attested.c.person_id.label("person"),
            r.attested.c.class_code.label("object"),
            r.granted.c.duty.label("duty"),
            r.attested.c.starts_on.label("day"),
        )
        .join_from(r.attested, r.granted, r.granted.c.person_id == r.attested.c.person_id)
        .where(r.granted.c.duty.in_(EXAMINATION), _covers(r.granted, r.attested.c.starts_on))
    )


_TEACHES_FACT = _l(
    "%(person)s knows an item in use for %(qualification)s and teaches the class %(class)s for it "
    "(%(since)s to %(until)s)."
)
_TRAINER_FACT = _l("%(person)s was %(duty)s for %(organisation)s on %(day)s.")

CONTENT_DOES_NOT_TEACH = Rule(
    id="S-04",
    title=_l(
        "Whoever wrote, reviewed or saw items or papers does not teach that qualification while they are live"
    ),
    source=local_policy(_l("city rule on secrecy of papers; 应急管理部令第19号 penalises leaking questions")),
    ways=(
        Way(lambda r: _with_item(r, r.authored), _TEACHES_FACT),
        Way(lambda r: _with_item(r, r.reviewed), _TEACHES_FACT),
        Way(lambda r: _with_paper(r, r.saw), _TEACHES_FACT),
        Way(lambda r: _with_paper(r, r.assembled), _TEACHES_FACT),
        Way(lambda r: _with_paper(r, r.sealed), _TEACHES_FACT),
    ),
)
TRAINING_STAYS_OUT = Rule(
    id="S-05",
    title=_l(
        "Who holds a training duty does not write, review, see, assemble or seal items or papers, nor mark"
    ),
    source=local_policy(
        _l("modelled on the Hunan standard for exam sites: exam staff take no part in connected training")
    ),
    ways=(
        Way(lambda r: _trainer_at(r, r.authored, "item_code"), _TRAINER_FACT),
        Way(lambda r: _trainer_at(r, r.reviewed, "item_code"), _TRAINER_FACT),
        Way(lambda r: _trainer_at(r, r.saw, "paper_code"), _TRAINER_FACT),
        Way(lambda r: _trainer_at(r, r.assembled, "paper_code"), _TRAINER_FACT),
        Way(lambda r: _trainer_at(r, r.sealed, "paper_code"), _TRAINER_FACT),
        Way(lambda r: _trainer_at(r, r.marked, "sitting_code"), _TRAINER_FACT),
    ),
)
EXAMINATION_STAYS_OUT = Rule(
    id="S-06",
    title=_l("Who holds an examination duty does not sign training records"),
    source=local_policy(
        _l("modelled on the Hunan standard for exam sites: exam staff take no part in connected training")
    ),
    ways=(Way(_examiner_attests, _l("%(person)s was %(duty)s on %(day)s.")),),
)

RULES = (CONTENT_DOES_NOT_TEACH, TRAINING_STAYS_OUT, EXAMINATION_STAYS_OUT)
