"""Sittings of the demo: some held, one that runs now, one in the plan with open eligibility."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from trainhub import handover, regulations
from trainhub.exams import papers
from trainhub.exams.sites import get_site
from trainhub.exams.sittings.models import Sitting
from trainhub.exams.sittings.plan import candidates_of, get_sitting, give_paper, plan_sitting
from trainhub.exams.sittings.registration import Registration, register
from trainhub.exams.sittings.seating import arrange
from trainhub.kernel import clock
from trainhub.kernel.db import transaction
from trainhub.people.id_numbers import check_character
from trainhub.people.models import Person
from trainhub.people.persons import record_person

PAST, TODAY, PLANNED = "DEMO-LAST-WEEK", "DEMO-TODAY", "DEMO-NEXT-WEEK"
TO_CERTIFY, TO_PUBLISH, TO_MARK = "DEMO-TO-CERTIFY", "DEMO-TO-PUBLISH", "DEMO-TO-MARK"
HELD = ((PAST, 8), (TO_CERTIFY, 6), (TO_PUBLISH, 4), (TO_MARK, 2))
"""Sittings of the past: code, and how many days ago each was held."""

_NAMES = (
    "周启航 吴晓岚 郑立群 孙佳宁 马跃进 朱文静 胡建业 林若溪 何志远 高雪梅 罗永康 宋雨桐 "
    "唐卫东 许静怡 韩松涛 冯月华 邓国栋 曹思琪"
).split()
_EMPLOYERS = ("海川华丰机械有限公司", "蓝海化工有限公司", "鼎信建设工程有限公司")


def build(world: Any) -> None:
    """Plan the sittings and bring in their candidates."""
    now = clock.now()
    for place, (code, days_ago) in enumerate(HELD):
        with clock.set_to(now - timedelta(days=16)):
            plan(world, code, "SAFETY-MANAGER", "R1", _at_nine(now - timedelta(days=days_ago)))
            fill(world, code, list(range(12)) if not place else list(range(18 + 5 * place, 23 + 5 * place)))
            _finish(world, code)
    with clock.set_to(now - timedelta(days=4)):
        plan(world, TODAY, "PRINCIPAL", "R2", _just_begun(now))
        fill(world, TODAY, [12, 13, 14], [world.persons["candidate"]])
        _finish(world, TODAY)
    plan(world, PLANNED, "LV-ELECTRICIAN", "R3", _at_nine(now + timedelta(days=6)))
    fill(world, PLANNED, [15, 16, 17], trained=False)


def _at_nine(moment: datetime) -> datetime:
    """Return nine o'clock in the morning of a day in Shanghai."""
    return clock.from_local(
        clock.local(moment).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    )


def _just_begun(now: datetime) -> datetime:
    """Return a moment 5 to 10 minutes ago, at a full five minutes: who is late is still let in."""
    earlier = now - timedelta(minutes=5)
    return earlier.replace(minute=earlier.minute // 5 * 5, second=0, microsecond=0)


def plan(world: Any, code: str, qualification: str, room: str, starts_at: datetime) -> None:
    """Plan a sitting in one room of the demo's first site."""
    with transaction():
        site = get_site("SITE-01")
        rooms = [each for each in site.rooms if each.code == room]
        centre, by = world.organisations["CENTRE"], world.persons["exam-admin"]
        plan_sitting(qualification, site, rooms, starts_at, organisation=centre, by=by, code=code)


def fill(
    world: Any, code: str, numbers: list[int], persons: list[Person] | None = None, *, trained: bool = True
) -> None:
    """Register invented people, and others, for a sitting; with training records unless said otherwise."""
    with transaction():
        sitting, by = get_sitting(code), world.persons["exam-admin"]
        everybody = list(persons or []) + [_person(number, by) for number in numbers]
        for place, person in enumerate(everybody):
            if trained:
                _hand_over_training(world, person, sitting)
            said = Registration(_EMPLOYERS[place % 3], world.organisations["ANTAI"].name, "13900000000")
            register(sitting, person, said, by=by)


def _person(number: int, by: Person) -> Person:
    """Return an invented person; the place code 379999 belongs to nobody."""
    head = f"3799991985{number % 12 + 1:02d}{number % 18 + 10:02d}{number:03d}"
    return record_person(_name(number), head + check_character(head + "0"), by=by)


def _name(number: int) -> str:
    """Return a name; beyond the list, one put together from two of it."""
    if number < len(_NAMES):
        return _NAMES[number]
    return _NAMES[number % len(_NAMES)][0] + _NAMES[(number * 5 + 3) % len(_NAMES)][1:]


def _hand_over_training(world: Any, person: Person, sitting: Sitting) -> None:
    """Have the training body hand over a training record, unless one came from its courses."""
    if handover.training_records_of([person.id], sitting.qualification):
        return
    day = clock.today()
    hours = int(regulations.value(f"training.hours.{sitting.qualification}", on=day))
    handover.issue_training_record(
        person,
        sitting.qualification,
        "2026",
        hours * int(regulations.value("training.hour_minutes", on=day)) * 60,
        day - timedelta(days=30),
        day - timedelta(days=10),
        world.organisations["ANTAI"],
        "DEMO-CLASS",
        by=world.persons["course-admin"],
    )


def _finish(world: Any, code: str) -> None:
    with transaction():
        sitting, by = get_sitting(code), world.persons["exam-admin"]
        if any(candidate.is_eligible for candidate in candidates_of(sitting)):
            arrange(sitting, by=by)
        sealed = papers.sealed_papers(sitting.qualification)
        if sealed:
            give_paper(sitting, sealed[0].code, by=by)
