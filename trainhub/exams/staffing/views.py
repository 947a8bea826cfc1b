"""Pages of staffing: sittings with what they lack, one sitting, the register, one's own duties."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations, separation
from trainhub.exams.sittings import Sitting, get_sitting
from trainhub.exams.staffing.absences import absent_on
from trainhub.exams.staffing.appointing import (
    BEFORE_THE_END,
    appoint,
    appointment_at,
    appointments_of,
    choices_for,
    sittings_on_duty,
    withdraw_appointment,
)
from trainhub.exams.staffing.draws import drawn_at, draws_of
from trainhub.exams.staffing.forms import AppointmentForm, MemberForm, WithdrawalForm
from trainhub.exams.staffing.in_charge import has_several_rooms, people_in_charge, put_in_charge
from trainhub.exams.staffing.needs import needs_of, sittings_ahead
from trainhub.exams.staffing.proving import prove
from trainhub.exams.staffing.register import STAFF_DUTIES, enter, members_of
from trainhub.exams.staffing.views_declarations import blueprint as declarations
from trainhub.exams.staffing.views_draws import blueprint as draws
from trainhub.exams.staffing.views_plan import planning
from trainhub.exams.staffing.witness import bear_witness
from trainhub.exams.staffing.work import open_work
from trainhub.governance.duties import holders, organisations_for
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.kernel.sent_forms import take_form
from trainhub.people.organisations import every_organisation, get_organisation, organisation_of_id
from trainhub.people.persons import get_person
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

staffing = Blueprint("staffing", __name__, url_prefix="/exam/staffing")


def _centres() -> list[int]:
    return organisations_for(current_person(), Duty.ASSIGN_STAFF)


def _own_sitting(code: str) -> Sitting:
    return get_sitting(code, centres=_centres())


def _qualification_name(sitting: Sitting) -> str:
    day = clock.local_day(sitting.starts_at)
    return regulations.qualification(sitting.qualification, on=day).name


@staffing.get("/")
@requires(Duty.ASSIGN_STAFF)
def list_sittings() -> ResponseReturnValue:
    """List the sittings ahead with what they need and have."""
    rows = [(sitting, needs_of(sitting)) for sitting in sittings_ahead(_centres())]
    duties = [duty for duty in STAFF_DUTIES if any(duty in needs for _sitting, needs in rows)]
    return render_template("staffing/list.html", rows=rows, duties=duties, name_of=_qualification_name)


@staffing.get("/<code>")
@requires(Duty.ASSIGN_STAFF)
def show_sitting(code: str) -> ResponseReturnValue:
    """Show who is on duty at a sitting, who can be chosen, and who cannot and why."""
    return _sitting_page(_own_sitting(code))


def _sitting_page(sitting: Sitting, status: int = 200) -> ResponseReturnValue:
    is_ahead, needs = sitting.state in BEFORE_THE_END, needs_of(sitting)
    appointed = appointments_of(sitting)
    choices = {duty: choices_for(sitting, duty) for duty in needs} if is_ahead else {}
    known = {row.person_id for row in appointed} | {
        choice.person.id for people in choices.values() for choice in people
    }
    page = render_template(
        "staffing/sitting.html",
        sitting=sitting,
        name=_qualification_name(sitting),
        needs=needs,
        appointed=appointed,
        has_several_rooms=has_several_rooms(sitting),
        in_charge={person.id for person in people_in_charge(sitting)},
        draws=draws_of(sitting),
        drawn=drawn_at(sitting),
        choices=choices,
        conflicts=[each for each in separation.violations_of_sitting(sitting.code) if not each.rule.counts],
        form=AppointmentForm(formdata=None),
        withdrawal=WithdrawalForm(formdata=None),
        is_ahead=is_ahead,
        absent=absent_on(known, sitting.starts_at, sitting.ends_at),
    )
    return page, status


@staffing.post("/<code>/appointments")
@requires(Duty.ASSIGN_STAFF)
@writes
def appoint_person(code: str) -> ResponseReturnValue:
    """Put somebody on duty; a separation rule may refuse."""
    sitting, form = _own_sitting(code), AppointmentForm()
    take_form(form, lambda: show_sitting(code))
    if form.duty.data not in {duty.value for duty in STAFF_DUTIES}:
        raise Invalid(_("Choose a person for the duty."))
    rooms = {room.exam_room.code: room for room in sitting.rooms}
    if form.room.data and form.room.data not in rooms:
        raise Invalid(_("This room is not of the sitting."))
    person = get_person(form.person.data)
    row = appoint(sitting, rooms.get(form.room.data or ""), person, Duty(form.duty.data), by=current_person())
    flash(_("%(name)s is on duty at this sitting.", name=row.person.name), "success")
    return redirect(url_for(".show_sitting", code=code))


@staffing.post("/<code>/appointments/<appointment_code>/withdraw")
@requires(Duty.ASSIGN_STAFF)
@writes
def withdraw(code: str, appointment_code: str) -> ResponseReturnValue:
    """Take somebody off duty, with a reason."""
    row, form = appointment_at(_own_sitting(code), appointment_code), WithdrawalForm()
    form.reason.id = f"reason-{appointment_code}"
    take_form(form, lambda: show_sitting(code), at="reason")
    withdraw_appointment(row, form.reason.data, by=current_person())
    flash(_("%(name)s is no longer on duty at this sitting.", name=row.person.name), "success")
    return redirect(url_for(".show_sitting", code=code))


@staffing.post("/<code>/appointments/<appointment_code>/in-charge")
@requires(Duty.ASSIGN_STAFF)
@writes
def charge(code: str, appointment_code: str) -> ResponseReturnValue:
    """Put an invigilator in charge of all rooms of the sitting."""
    take_form(None, lambda: show_sitting(code))
    row = put_in_charge(appointment_at(_own_sitting(code), appointment_code), by=current_person())
    flash(_("%(name)s is in charge of all rooms of this sitting.", name=row.person.name), "success")
    return redirect(url_for(".show_sitting", code=code))


@staffing.get("/register")
@requires(Duty.ASSIGN_STAFF)
def show_register() -> ResponseReturnValue:
    """Show the register of exam staff, and where somebody is entered."""
    form = _member_form()
    if not form.is_submitted():
        form.qualified_from.data = clock.today()
    return _register_page(form)


def _member_form() -> MemberForm:
    form = MemberForm()
    entered = {(member.person_id, member.duty) for member in members_of(_centres())}
    form.holder.choices = [
        (f"{duty.value} {person.id}", f"{person.name} · {duty.label}")
        for duty in STAFF_DUTIES
        for person in holders(duty)
        if (person.id, duty.value) not in entered
    ]
    form.organisation.choices = [(each.code, each.name) for each in every_organisation()]
    return form


def _register_page(form: MemberForm, status: int = 200) -> ResponseReturnValue:
    members = members_of(_centres())
    page = render_template("staffing/register.html", members=members, form=form, today=clock.today())
    return page, status


@staffing.post("/register")
@requires(Duty.ASSIGN_STAFF)
@writes
def enter_member() -> ResponseReturnValue:
    """Enter somebody into the register."""
    form = _member_form()
    take_form(form, lambda: _register_page(form))
    duty, _blank, person_id = form.holder.data.partition(" ")
    centre = organisation_of_id(_centres()[0])
    member = enter(
        get_person(person_id),
        Duty(duty),
        get_organisation(form.organisation.data),
        form.qualified_from.data,
        form.qualified_until.data,
        centre=centre,
        by=current_person(),
        district=(form.district.data or "").strip(),
    )
    flash(_("%(name)s is in the register.", name=member.person.name), "success")
    return redirect(url_for(".show_register"))


@staffing.get("/mine")
@requires(*STAFF_DUTIES)
def own_duties() -> ResponseReturnValue:
    """Show a person the sittings at which they are on duty."""
    person = current_person()
    rows = [
        (sitting, [row for row in appointments_of(sitting) if row.person_id == person.id])
        for sitting in reversed(sittings_on_duty(person))
    ]
    return render_template("staffing/mine.html", rows=rows, name_of=_qualification_name)


room = Room(
    name="exams.staffing",
    side="exam",
    blueprints=(staffing, draws, declarations, planning),
    navigation=(
        NavigationEntry(_l("Exam staff"), "staffing.list_sittings", (Duty.ASSIGN_STAFF,)),
        NavigationEntry(
            _l("Draws of exam staff"), "draws.list_draws", (Duty.ASSIGN_STAFF, Duty.SUPERVISE, Duty.AUDIT)
        ),
        NavigationEntry(_l("My duties"), "staffing.own_duties", STAFF_DUTIES),
        NavigationEntry(_l("My declarations"), "declarations.list_declarations", STAFF_DUTIES),
    ),
    open_work=open_work,
    proof=prove,
    witness=bear_witness,
)
