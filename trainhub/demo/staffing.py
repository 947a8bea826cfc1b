"""Exam staff of the demo: a register, people on duty, one conflict that was refused, and open work."""

from __future__ import annotations

from datetime import timedelta

from trainhub.demo.sittings import HELD, PLANNED, TODAY
from trainhub.demo.world import World
from trainhub.exams.sittings import candidates_of, get_sitting
from trainhub.exams.staffing import appoint, enter
from trainhub.kernel import clock
from trainhub.kernel.db import transaction
from trainhub.kernel.errors import Refused
from trainhub.separation.declaring import declare
from trainhub.separation.duties import Duty
from trainhub.separation.models import Attended, Taught
from trainhub.separation.refusals import record_refusal

REGISTER = (
    ("invigilator", Duty.INVIGILATE, "CENTRE"),
    ("invigilator2", Duty.INVIGILATE, "CENTRE"),
    ("invigilator3", Duty.INVIGILATE, "CENTRE"),
    ("invigilator4", Duty.INVIGILATE, "CENTRE"),
    ("inspector", Duty.INSPECT, "BUREAU"),
)
NEIGHBOUR = "neighbour-invigilator"
"""Stands in the register of another centre, which could lend them."""
PAIRS = (("invigilator3", "invigilator4"), ("invigilator", "invigilator2")) * 2
"""Who invigilated the sittings of the past; nobody is at one site too often in a row."""
ON_DUTY = {
    **{code: (*pair, "inspector") for (code, _days), pair in zip(HELD, PAIRS, strict=True)},
    TODAY: ("invigilator", "invigilator3", "inspector"),
    PLANNED: ("invigilator4",),
}
TAUGHT = "HONGYUAN-2026-06"


def build(world: World) -> None:
    """Enter people, appoint them, and let the rules refuse an instructor of earlier days."""
    now = clock.now()
    with clock.set_to(now - timedelta(days=150)):
        _enter(world)
    with clock.set_to(now - timedelta(days=14)):
        for code, _days in HELD:
            _appoint(world, code)
    with clock.set_to(now - timedelta(days=3)):
        _appoint(world, TODAY)
    _appoint(world, PLANNED)
    _declare_earlier_teaching(world)
    _try_what_is_forbidden(world)


def _enter(world: World) -> None:
    for name, duty, code in REGISTER:
        enter_in_register(world, name, duty, code)
    with transaction():
        until = clock.today() + timedelta(days=800)
        neighbour, by = world.organisations["CENTRE-2"], world.persons["neighbour-admin"]
        person = world.persons[NEIGHBOUR]
        enter(person, Duty.INVIGILATE, neighbour, clock.today(), until, centre=neighbour, by=by)


def enter_in_register(world: World, name: str, duty: Duty, works_for: str) -> None:
    """Enter a person of the demo in the centre's register of exam staff."""
    with transaction():
        until = clock.today() + timedelta(days=800)
        centre, by = world.organisations["CENTRE"], world.persons["exam-admin"]
        person, employer = world.persons[name], world.organisations[works_for]
        enter(person, duty, employer, clock.today(), until, centre=centre, by=by)


def _appoint(world: World, code: str) -> None:
    for name in ON_DUTY[code]:
        with transaction():
            sitting, by = get_sitting(code), world.persons["exam-admin"]
            inspects = name == "inspector"
            duty = Duty.INSPECT if inspects else Duty.INVIGILATE
            room = None if inspects else sitting.rooms[0]
            appoint(sitting, room, world.persons[name], duty, by=by)


def _declare_earlier_teaching(world: World) -> None:
    """Five months ago ``invigilator2`` taught a class that a candidate of next week attended."""
    with transaction():
        learner = candidates_of(get_sitting(PLANNED))[0].person
        school, by = world.organisations["HONGYUAN"], world.persons["exam-admin"]
        period = (clock.today() - timedelta(days=160), clock.today() - timedelta(days=150))
        facts = {"class_code": TAUGHT, "organisation_code": school.code}
        when = {"starts_on": period[0], "ends_on": period[1]}
        taught = Taught(person_id=world.persons["invigilator2"].id, **facts, **when)
        attended = Attended(person_id=learner.id, **facts, **when)
        declare(taught, attended, by=by, source="declaration of earlier teaching")


def _try_what_is_forbidden(world: World) -> None:
    try:
        with transaction():
            sitting, by = get_sitting(PLANNED), world.persons["exam-admin"]
            appoint(sitting, sitting.rooms[0], world.persons["invigilator2"], Duty.INVIGILATE, by=by)
    except Refused as refusal:
        record_refusal(refusal)
    else:
        raise AssertionError("the rules let an instructor invigilate people they taught")
