"""Office work of the real run, each step by the person whose duty it is, through the house's functions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from trainhub import handover, regulations
from trainhub.demo import people as cast
from trainhub.demo.bank import HEADER, questions_for
from trainhub.demo.world import World
from trainhub.exams.bank import add_bank, approve
from trainhub.exams.bank.handing_in import new_import
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.models import Bank, Item, ItemVersion, VersionState
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.exams.papers import approve_paper, assemble, draw_blueprint, seal_paper, see_proof
from trainhub.exams.papers.models import Blueprint, Paper
from trainhub.exams.sites.register import activate_site, add_room, add_site, get_site, inspect_site
from trainhub.exams.sites.standard import site_standard, spare_machines_needed
from trainhub.exams.sittings.amending import find_eligibility
from trainhub.exams.sittings.entering import import_roster
from trainhub.exams.sittings.models import Candidate
from trainhub.exams.sittings.plan import candidates_of, get_sitting, give_paper, plan_sitting
from trainhub.exams.sittings.rosters import read_roster
from trainhub.exams.sittings.seating import arrange
from trainhub.exams.sittings.tickets import print_tickets, ticket_of
from trainhub.exams.staffing import appoint, enter
from trainhub.governance.duties import grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.workbooks import Sheet, read_sheets
from trainhub.people.models import Person
from trainhub.people.persons import record_person
from trainhub.separation.duties import Duty

ROOMS, SEATS = 11, 30
SITTINGS = {"SAFETY-MANAGER": range(8), "PRINCIPAL": range(8, 10), "LV-ELECTRICIAN": range(10, 11)}
QUESTION_FILES = {
    "low_voltage_electrician.xlsx": ("LV-ELECTRICIAN", "BANK-LV", "低压电工作业题库"),
    "welding.xlsx": ("FUSION-WELDING", "BANK-WELDING", "熔化焊接与热切割作业题库"),
    "forklift.xlsx": ("WORK-AT-HEIGHT", "BANK-FORKLIFT", "叉车题库（只试导入）"),
}
OWN = ("SAFETY-MANAGER", "PRINCIPAL")
LOT = 100


@dataclass
class Run:
    """What the run has made so far.

    Args:
        world: people and organisations.
        starts_at: when the sittings begin.
        codes: of the sittings, by qualification.
        staff: ids of the invigilators, two a room.
    """

    world: World
    starts_at: datetime
    codes: dict[str, str]
    staff: list[str]


def begin(starts_at: datetime) -> Run:
    """Make the people, and as many invigilators as the rooms need."""
    world = World("a-long-password")
    cast.build(world)
    run = Run(world, starts_at, {}, [])
    with before(run, days=100):
        run.staff = [_staff(run, number, Duty.INVIGILATE, "CENTRE") for number in range(2 * ROOMS)]
        run.staff += [_staff(run, number, Duty.INSPECT, "BUREAU") for number in range(100, 103)]
    return run


@contextmanager
def before(run: Run, *, days: int) -> Iterator[None]:
    """Work some days before the sittings."""
    with clock.set_to(run.starts_at - timedelta(days=days)):
        yield


def _staff(run: Run, number: int, duty: Duty, organisation: str) -> str:
    with transaction():
        world = run.world
        person = record_person(f"考务员{number:03d}", by=world.persons["sysadmin"])
        last, centre = clock.today() + timedelta(days=900), world.organisations["CENTRE"]
        works_for = world.organisations[organisation]
        grant(person, duty, works_for, clock.today(), last, by=world.persons["secadmin"])
        by = world.persons["exam-admin"]
        enter(person, duty, works_for, clock.today(), last, centre=centre, by=by)
        return person.id


def import_questions(run: Run, data: Path | None) -> dict[str, dict[str, int]]:
    """Import the real files where they are, and the project's own questions; tells what came of the rows."""
    found = {}
    with before(run, days=20):
        for qualification in OWN:
            rows = read_sheet_list([Sheet("Sheet1", [HEADER, *questions_for(qualification)])])
            found[qualification] = _import(run, rows, qualification, f"BANK-{qualification}", "自有题库")
        if data is None:
            sheet = Sheet("Sheet1", [HEADER, *questions_for("PRINCIPAL")])
            rows = read_sheet_list([sheet])
            found["LV-ELECTRICIAN"] = _import(run, rows, "LV-ELECTRICIAN", "BANK-LV", "自有题库")
            return found
        for name, (qualification, code, title) in QUESTION_FILES.items():
            rows = read_sheet_list(read_sheets(data / "questions" / name))
            found[name] = _import(run, rows, qualification, code, title)
    return found


def _import(run, rows, qualification, code, title):
    with transaction():
        by, centre = run.world.persons["item-author"], run.world.organisations["CENTRE"]
        bank = add_bank(code, title, qualification, centre, by=by)
        kept = new_import(bank, f"{code}.xlsx", by=by, submit=True, dry_run=False).id
        bank_id, by_id = bank.id, by.id
    report = import_items(rows, bank_id, kept, file_name=f"{code}.xlsx", by=by_id).plain()
    parts = {"rejected": len(report["rejected"]), "held": len(report["held"])}
    parts |= {name: report[name] for name in ("rows", "imported", "duplicates")}
    assert parts["rows"] == sum(parts[each] for each in ("imported", "duplicates", "rejected", "held"))
    return parts


def approve_everything(run: Run) -> int:
    """A second person approves every item that waits."""
    count = 0
    with before(run, days=19):
        while True:
            with transaction():
                waiting = select(ItemVersion).join(Item).join(Bank)
                waiting = waiting.where(ItemVersion.state == VersionState.IN_REVIEW).limit(LOT)
                versions = db.session.scalars(waiting).all()
                if not versions:
                    return count
                for version in versions:
                    approve(version, by=run.world.persons["item-reviewer"])
                count += len(versions)


def seal_papers(run: Run) -> dict[str, str]:
    """Assemble a paper for each sitting by one person, review and seal it by another."""
    papers = {}
    with before(run, days=18):
        for qualification in SITTINGS:
            with transaction():
                officer, centre = run.world.persons["paper-officer"], run.world.organisations["CENTRE"]
                code = draw_blueprint(qualification, centre, f"{qualification} 理论卷", by=officer).code
            with transaction():
                blueprint = db.session.scalars(select(Blueprint).where(Blueprint.code == code)).one()
                papers[qualification] = assemble(blueprint, by=run.world.persons["paper-officer"]).code
            with transaction():
                paper = db.session.scalars(select(Paper).where(Paper.code == papers[qualification])).one()
                reviewer = run.world.persons["paper-reviewer"]
                see_proof(paper, by=reviewer)
                approve_paper(paper, by=reviewer)
                seal_paper(paper, by=reviewer)
    return papers


def plan_sittings(run: Run) -> None:
    """Admit a site with a room for every thirty candidates, and plan a sitting for each qualification."""
    with before(run, days=17), transaction():
        by, world = run.world.persons["exam-admin"], run.world
        owner, centre = world.organisations["SITE-01"], world.organisations["CENTRE"]
        site = add_site(owner, "KD-01", "海川职业技术学院考点", "学府路 88 号", centre=centre, by=by)
        for number in range(ROOMS):
            spare = spare_machines_needed(SEATS, clock.today())
            room = f"R{number + 1:02d}"
            add_room(site, room, f"第 {number + 1} 机房", SEATS, seats_per_row=6, spare_machines=spare, by=by)
        inspect_site(site, {point.code: True for point in site_standard(clock.today()).points}, "", by=by)
        activate_site(site, by=by)
    for qualification, places in SITTINGS.items():
        with before(run, days=16), transaction():
            site, by = get_site("KD-01"), run.world.persons["exam-admin"]
            rooms, centre = [site.rooms[place] for place in places], run.world.organisations["CENTRE"]
            planned = plan_sitting(qualification, site, rooms, run.starts_at, organisation=centre, by=by)
            run.codes[qualification] = planned.code


def register(run: Run, roster: Path) -> dict[str, int]:
    """Import the roster: first all or nothing, then the good rows alone."""
    with before(run, days=15):
        read = read_roster(roster)
        codes, by_id = list(run.codes.values()), run.world.persons["exam-admin"].id
        refused = import_roster(read, codes, by_id=by_id)
        report = import_roster(read, codes, by_id=by_id, accept_good=bool(refused["rejected"]))
    return {
        "rows": report["rows"],
        "registered": report["imported"],
        "refused first": len(refused["rejected"]),
        "rejected": len(report["rejected"]),
    }


def hand_over_training(run: Run) -> int:
    """The training body hands over a signed record for everybody, and the exam side looks for them."""
    with before(run, days=14):
        for code in run.codes.values():
            with transaction():
                sitting = get_sitting(code)
                hours = int(regulations.value(f"training.hours.{sitting.qualification}", on=clock.today()))
                seconds = hours * int(regulations.value("training.hour_minutes", on=clock.today())) * 60
                for candidate in candidates_of(sitting):
                    _record(run, candidate, seconds)
            with transaction():
                find_eligibility(get_sitting(code), by=run.world.persons["exam-admin"])
        with transaction():
            return sum(
                each.is_eligible for code in run.codes.values() for each in candidates_of(get_sitting(code))
            )


def _record(run: Run, candidate: Candidate, seconds: int) -> None:
    handover.issue_training_record(
        candidate.person,
        candidate.sitting.qualification,
        "2026",
        seconds,
        clock.today() - timedelta(days=40),
        clock.today() - timedelta(days=5),
        run.world.organisations["ANTAI"],
        "RUN-CLASS",
        by=run.world.persons["course-admin"],
    )


def arrange_and_print(run: Run, papers: dict[str, str]) -> int:
    """Give seats and papers, and print every ticket; returns the number of bytes of the PDFs."""
    size = 0
    with before(run, days=10):
        for qualification, code in run.codes.items():
            with transaction():
                sitting, by = get_sitting(code), run.world.persons["exam-admin"]
                arrange(sitting, by=by)
                give_paper(sitting, papers[qualification], by=by)
            with transaction():
                tickets = [ticket_of(each) for each in candidates_of(get_sitting(code)) if each.room]
            size += len(print_tickets(tickets))
    return size


def appoint_staff(run: Run) -> int:
    """Two invigilators to each room and an inspector to each sitting, under the rules."""
    invigilators, inspectors = iter(run.staff[: 2 * ROOMS]), iter(run.staff[2 * ROOMS :])
    count = 0
    with before(run, days=5):
        for code in run.codes.values():
            with transaction():
                sitting, by = get_sitting(code), run.world.persons["exam-admin"]
                for room in sitting.rooms:
                    for _each in range(2):
                        person = db.session.get_one(Person, next(invigilators))
                        appoint(sitting, room, person, Duty.INVIGILATE, by=by)
                        count += 1
                inspector = db.session.get_one(Person, next(inspectors))
                appoint(sitting, None, inspector, Duty.INSPECT, by=by)
                count += 1
    return count
