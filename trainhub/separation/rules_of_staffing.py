"""Rules of staffing: how many must stand in each room, not twice at once, not ever the same site."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, exists, func, literal, or_, select

from trainhub.kernel.i18n import _l
from trainhub.separation.duties import Duty
from trainhub.separation.register import Register, figure_on
from trainhub.separation.rules import Rule, Way, local_policy
from trainhub.separation.rules_of_the_day import BEFORE_CANDIDATES


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


def _short_rooms(r: Register) -> Any:
    """Return the opened sittings whose rooms lack more invigilators than are free to go to any room."""
    per_room = figure_on("site.invigilators.per_room_minimum", r.sitting.c.starts_on)
    per = figure_on("site.invigilators.candidates_per", r.sitting.c.starts_on)
    by_candidates = (r.room.c.candidates + per - 1) // per
    needed = case((by_candidates > per_room, by_candidates), else_=per_room)
    there = (
        select(func.count(func.distinct(r.appointed.c.person_id)))
        .where(
            r.appointed.c.sitting_code == r.room.c.sitting_code,
            r.appointed.c.room_code == r.room.c.room_code,
            r.appointed.c.duty == Duty.INVIGILATE,
        )
        .scalar_subquery()
    )
    missing = (
        select(func.sum(case((needed > there, needed - there), else_=0)))
        .where(r.room.c.sitting_code == r.sitting.c.sitting_code)
        .scalar_subquery()
    )
    free = (
        select(func.count(func.distinct(r.appointed_2.c.person_id)))
        .where(
            r.appointed_2.c.sitting_code == r.sitting.c.sitting_code,
            r.appointed_2.c.room_code.is_(None),
            r.appointed_2.c.duty == Duty.INVIGILATE,
        )
        .scalar_subquery()
    )
    return (
        select(
            literal("").label("person"),
            r.sitting.c.sitting_code.label("object"),
            missing.label("missing"),
            free.label("floating"),
        )
        .join_from(r.opened, r.sitting, r.opened.c.sitting_code == r.sitting.c.sitting_code)
        .where(missing > free)
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


def _ever_the_same_site(r: Register) -> Any:
    """Return the appointments in too long a run of days at one site, with none elsewhere in between.

    Two appointments of one person at one site are of one run if as many elsewhere lie before the one as
    before the other, and none at the very time of either.
    """
    r.narrow("appointed", to=r.sitting, by="sitting_code")
    r.narrow("appointed_2", to=r.appointed, by="person_id")
    here = _turns(r)
    turns = here.alias("turns_2")
    runs = (
        select(
            turns.c.person_id,
            turns.c.site_code,
            turns.c.elsewhere,
            func.count(func.distinct(turns.c.starts_on)).label("times"),
        )
        .where(turns.c.duty.in_(BEFORE_CANDIDATES), turns.c.elsewhere == turns.c.elsewhere_before)
        .group_by(turns.c.person_id, turns.c.site_code, turns.c.elsewhere)
        .subquery("runs")
    )
    most = figure_on("separation.consecutive_same_site", r.sitting.c.starts_on)
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.sitting.c.sitting_code.label("object"),
            r.sitting.c.site_code.label("site"),
            runs.c.times,
            most.label("most"),
        )
        .select_from(r.appointed)
        .join(here, here.c.row_id == r.appointed.c.row_id)
        .join(r.sitting, r.sitting.c.row_id == here.c.row_of_sitting)
        .join(
            runs,
            and_(
                runs.c.person_id == here.c.person_id,
                runs.c.site_code == here.c.site_code,
                runs.c.elsewhere == here.c.elsewhere,
            ),
        )
        .where(
            here.c.duty.in_(BEFORE_CANDIDATES),
            here.c.elsewhere == here.c.elsewhere_before,
            runs.c.times > most,
        )
    )


def _turns(r: Register) -> Any:
    """Return all appointments, each with how many of the person were elsewhere until then, and before."""
    person, site, at = r.appointed_2.c.person_id, r.sitting_2.c.site_code, r.sitting_2.c.starts_at

    def elsewhere(counted: Any) -> Any:
        of_person = counted.over(partition_by=person, order_by=at)
        return of_person - counted.over(partition_by=(person, site), order_by=at)

    return (
        select(
            r.appointed_2.c.row_id,
            r.sitting_2.c.row_id.label("row_of_sitting"),
            person,
            r.appointed_2.c.duty,
            r.sitting_2.c.site_code,
            r.sitting_2.c.starts_on,
            elsewhere(func.count()).label("elsewhere"),
            elsewhere(func.rank()).label("elsewhere_before"),
        )
        .join_from(r.appointed_2, r.sitting_2, r.sitting_2.c.sitting_code == r.appointed_2.c.sitting_code)
        .cte("turns")
    )


def _without_the_duty(r: Register) -> Any:
    held = exists(
        select(literal(1))
        .select_from(r.granted)
        .where(
            r.granted.c.person_id == r.appointed.c.person_id,
            r.granted.c.duty == r.appointed.c.duty,
            r.granted.c.starts_on <= r.sitting.c.starts_on,
            or_(r.granted.c.ends_on.is_(None), r.granted.c.ends_on >= r.sitting.c.starts_on),
        )
        .correlate(r.appointed, r.sitting)
    )
    return (
        select(
            r.appointed.c.person_id.label("person"),
            r.appointed.c.sitting_code.label("object"),
            r.appointed.c.duty.label("duty"),
            r.sitting.c.starts_on.label("day"),
        )
        .join_from(r.appointed, r.sitting, r.sitting.c.sitting_code == r.appointed.c.sitting_code)
        .where(~held)
    )


_SITE_STANDARD = _l("two invigilators in each room, as the 2017 rule of the grid licence examination has it")

ENOUGH_INVIGILATORS = Rule(
    id="S-16",
    title=_l("Each room has its invigilators, and there is one for so many candidates"),
    source=local_policy(_SITE_STANDARD),
    ways=(
        Way(
            _too_few_invigilators,
            _l("Invigilators: %(present)s; rooms: %(rooms)s; candidates: %(candidates)s."),
            evidence=("opened", "sitting"),
        ),
        Way(
            _short_rooms,
            _l("Invigilators lacking in the rooms: %(missing)s; free for any room: %(floating)s."),
            evidence=("opened", "sitting"),
        ),
    ),
    counts=True,
)
ONE_PLACE_AT_A_TIME = Rule(
    id="S-19",
    title=_l("Nobody is on duty at two sittings at the same time, or twice at one"),
    source=local_policy(_l("city rule on exam staff")),
    ways=(Way(_two_places, _l("%(person)s is on duty at the sitting %(other_sitting)s at that time.")),),
)
NOT_EVER_THE_SAME_SITE = Rule(
    id="S-20",
    title=_l("No invigilator or assessor is at one site on more days in a row than the rotation allows"),
    source=local_policy(_l("city rule on rotation; no article on safety examinations was found")),
    ways=(
        Way(
            _ever_the_same_site,
            _l("%(person)s is at the site %(site)s on %(times)s exam days in a row; the most is %(most)s."),
            evidence=("appointed", "sitting"),
        ),
    ),
    counts=True,
)
STAFF_HOLDS_THE_DUTY = Rule(
    id="S-22",
    title=_l("Whoever is on duty at a sitting holds that duty on its day"),
    source=local_policy(_l("宁应急规发〔2024〕1号: invigilators and assessors are examined and appointed")),
    ways=(
        Way(
            _without_the_duty,
            _l("%(person)s does not hold the duty %(duty)s on %(day)s."),
            evidence=("appointed", "sitting"),
        ),
    ),
)

RULES = (ENOUGH_INVIGILATORS, ONE_PLACE_AT_A_TIME, NOT_EVER_THE_SAME_SITE, STAFF_HOLDS_THE_DUTY)
