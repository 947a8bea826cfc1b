"""Pages of planning: enough people or not, all duties, what a neighbour could lend, absences, changes."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing.absences import absences_of, enter_absence, get_absence, withdraw_absence
from trainhub.exams.staffing.all_duties import sufficiency
from trainhub.exams.staffing.changing import change_for
from trainhub.exams.staffing.forms import AbsenceForm, ChangeForm, PeriodForm
from trainhub.exams.staffing.lending import neighbours
from trainhub.exams.staffing.models import AbsenceKind, StaffMember
from trainhub.exams.staffing.outlook import SECONDS, outlook
from trainhub.exams.staffing.planning import PAIRS_FOR_A_PAGE, TooLarge, draft
from trainhub.exams.staffing.register import members_of
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import take_form
from trainhub.people.models import Person
from trainhub.people.organisations import organisation_of_id
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

planning = Blueprint("staffing_plan", __name__, url_prefix="/exam/staffing")

DAYS_AHEAD = 28
LONGEST = 184
"""Days that a plan may cover."""
PAIRS_FOR_A_FILE = 2 * PAIRS_FOR_A_PAGE
FOR_A_FILE = 60.0
"""Seconds that the command line gets for an instance taken away as a file."""


def _centres() -> list[int]:
    return organisations_for(current_person(), Duty.ASSIGN_STAFF)


def _name_of(sitting: Sitting) -> str:
    return regulations.qualification(sitting.qualification, on=clock.local_day(sitting.starts_at)).name


def _draw_url(sitting: Sitting) -> str:
    """Return where the staff of a sitting is drawn by lot."""
    return url_for("draws.new_draw", sitting=sitting.code)


def _period(form: PeriodForm) -> tuple[date, date] | None:
    """Return the days that were asked for, or the next four weeks; None if they make no sense."""
    if not request.args.get("first") and not request.args.get("last"):
        form.first.data = clock.today()
        form.last.data = clock.today() + timedelta(days=DAYS_AHEAD)
    elif not form.validate():
        return None
    first, last = form.first.data, form.last.data
    if last < first:
        form.last.errors = [_("The period ends before it begins.")]
        return None
    if last - first > timedelta(days=LONGEST):
        form.last.errors = [_("At most %(days)s days are planned at once.", days=LONGEST)]
        return None
    return max(first, clock.today()), last


@planning.get("/plan")
@requires(Duty.ASSIGN_STAFF)
def show_plan() -> ResponseReturnValue:
    """Show whether the sittings of a period can be staffed, what is short and why, what is to be drawn."""
    form = PeriodForm(request.args)
    period = _period(form)
    told, too_large = None, ""
    if period is not None:
        try:
            told = outlook(draft(_centres(), *period))
        except TooLarge as problem:
            too_large = str(problem)
    page = render_template(
        "staffing/plan.html",
        form=form,
        period=period,
        told=told,
        too_large=too_large,
        seconds=SECONDS,
        name_of=_name_of,
        draw_url=_draw_url,
    )
    return page, 200 if period else 422


@planning.get("/plan/instance.json")
@requires(Duty.ASSIGN_STAFF)
def take_instance() -> ResponseReturnValue:
    """Hand out what the solver gets, for `trainhub staffing solve`: random ids, no names, no reasons."""
    period = _period(PeriodForm(request.args))
    if period is None:
        raise Invalid(_("Say from which day until which."))
    response = jsonify(draft(_centres(), *period, most=PAIRS_FOR_A_FILE).written(FOR_A_FILE))
    response.headers["Content-Disposition"] = 'attachment; filename="staffing.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@planning.get("/plan/duties")
@requires(Duty.ASSIGN_STAFF)
def show_duties() -> ResponseReturnValue:
    """Show whether each of own centres has enough different people for all its duties."""
    centres = [organisation_of_id(centre) for centre in _centres()]
    return render_template("staffing/duties.html", told=[sufficiency(centre) for centre in centres])


@planning.get("/plan/neighbours")
@requires(Duty.ASSIGN_STAFF)
def show_neighbours() -> ResponseReturnValue:
    """Show how many people each other centre could lend for what is short, without their names."""
    form = PeriodForm(request.args)
    period = _period(form)
    own, found = (None, []) if period is None else neighbours(_centres(), *period)
    page = render_template(
        "staffing/neighbours.html", form=form, period=period, own=own, found=found, name_of=_name_of
    )
    return page, 200 if period else 422


@planning.get("/plan/change")
@requires(Duty.ASSIGN_STAFF)
def show_change() -> ResponseReturnValue:
    """Show which places are to be drawn again if one person cannot come."""
    form = ChangeForm(request.args)
    people = _people()
    form.person.choices = [("", ""), *((each.id, each.name) for each in people.values())]
    asked = bool(request.args.get("person"))
    if not asked:
        form.person.errors = []
    period = _period(form)
    change = None
    if asked and period is not None and form.validate():
        change = change_for(people[form.person.data], *period, centres=_centres())
    page = render_template(
        "staffing/change.html",
        form=form,
        period=period,
        change=change,
        is_entered=any(row.person_id == form.person.data for row in absences_of(_centres())),
        person=people.get(form.person.data or ""),
        name_of=_name_of,
    )
    return page, 422 if asked and change is None else 200


def _people() -> dict[str, Person]:
    """Return who stands in the registers of own centres, by name."""
    persons = {member.person_id: member.person for member in _members()}
    return dict(sorted(persons.items(), key=lambda each: (each[1].name, each[0])))


def _members() -> list[StaffMember]:
    return [each for each in members_of(_centres()) if each.qualified_until >= clock.today()]


@planning.get("/absences")
@requires(Duty.ASSIGN_STAFF)
def list_absences() -> ResponseReturnValue:
    """Show who of the registers cannot come and when, and where it is entered."""
    form = _absence_form()
    if request.args.get("person") in _people():
        form.person.data = request.args["person"]
    form.starts_on.data = clock.today()
    return _absence_page(form)


def _absence_form() -> AbsenceForm:
    form = AbsenceForm()
    form.person.choices = [(each.id, each.name) for each in _people().values()]
    form.kind.choices = [(kind.value, kind.label) for kind in AbsenceKind]
    return form


def _absence_page(form: AbsenceForm, status: int = 200) -> ResponseReturnValue:
    rows = absences_of(_centres())
    return render_template("staffing/absences.html", rows=rows, form=form, kinds=AbsenceKind), status


@planning.post("/absences")
@requires(Duty.ASSIGN_STAFF)
@writes
def add_absence() -> ResponseReturnValue:
    """Enter the days on which somebody cannot come."""
    form = _absence_form()
    take_form(form, lambda: _absence_page(form))
    member = next(each for each in _members() if each.person_id == form.person.data)
    row = enter_absence(
        member.person,
        form.starts_on.data,
        form.ends_on.data,
        AbsenceKind(form.kind.data),
        centre=member.centre,
        by=current_person(),
    )
    flash(_("Entered: %(name)s cannot come.", name=row.person.name), "success")
    return redirect(url_for(".show_change", person=row.person_id, first=row.starts_on, last=row.ends_on))


@planning.post("/absences/<code>/withdraw")
@requires(Duty.ASSIGN_STAFF)
@writes
def take_back_absence(code: str) -> ResponseReturnValue:
    """Take an entry back: the person can come after all."""
    take_form(None, list_absences)
    row = get_absence(code, centres=_centres())
    withdraw_absence(row, by=current_person())
    flash(_("Taken back: %(name)s can come.", name=row.person.name), "success")
    return redirect(url_for(".list_absences"))
