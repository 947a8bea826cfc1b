"""Pages of sittings: the plan, one sitting as a line from plan to publication, and its deeds."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams import papers
from trainhub.exams.sites import ExamRoom, usable_sites
from trainhub.exams.sittings import roster_work, tickets, views_candidates, views_objections, views_roster
from trainhub.exams.sittings.access import WATCHING, centres, own_sitting
from trainhub.exams.sittings.amending import find_eligibility
from trainhub.exams.sittings.changes import changes_of, label_of
from trainhub.exams.sittings.conduct import close_sitting, obstacles_to_opening, open_sitting, steps_of
from trainhub.exams.sittings.finding import sittings_of
from trainhub.exams.sittings.forms import PaperForm, PlanForm
from trainhub.exams.sittings.glance import at_a_glance
from trainhub.exams.sittings.models import Eligibility, Part, Sitting, SittingState
from trainhub.exams.sittings.plan import (
    candidates_of,
    capacity,
    give_paper,
    number_of_candidates,
    plan_sitting,
)
from trainhub.exams.sittings.proving import prove
from trainhub.exams.sittings.reserve import (
    give_reserve_paper,
    is_reserve_begun,
    papers_for_reserve,
    reserves_of,
)
from trainhub.exams.sittings.seating import Drawn, arrange, draw_seats
from trainhub.exams.sittings.tickets import last_ticket_file, read_ticket_file
from trainhub.exams.sittings.witness import bear_witness
from trainhub.exams.sittings.work import open_work
from trainhub.governance.guards import requires
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import writes, writes_prepared
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l, choose_language, ngettext
from trainhub.kernel.pages import paginate
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.kernel.sent_forms import take_form, typed
from trainhub.people.organisations import organisation_of_id
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

sittings = Blueprint("sittings", __name__, url_prefix="/exam/sittings")
views_roster.add_routes(sittings)
views_candidates.add_routes(sittings)
views_objections.add_deciding_routes(sittings)

STATES = {
    SittingState.PLANNED: (_l("planned"), "info"),
    SittingState.ARRANGED: (_l("arranged"), "info"),
    SittingState.OPEN: (_l("under way"), "good"),
    SittingState.CLOSED: (_l("closed"), "neutral"),
    SittingState.MARKED: (_l("marked"), "neutral"),
    SittingState.PUBLISHED: (_l("published"), "good"),
}


def qualification_name(sitting: Sitting) -> str:
    """Return what a sitting examines in the reader's language."""
    return regulations.qualification(sitting.qualification, on=clock.local_day(sitting.starts_at)).name


@sittings.app_context_processor
def _names() -> dict[str, Any]:
    return {"qualification_name": qualification_name, "sitting_states": STATES}


@sittings.get("/")
@requires(*WATCHING)
def list_sittings() -> ResponseReturnValue:
    """List the sittings of the exam centre, those to come first."""
    state = request.args.get("state", "")
    states = [SittingState(state)] if state in set(SittingState) else list(SittingState)
    page = paginate(sittings_of(centres(*WATCHING), states), per_page=30)
    counts = {sitting.id: (number_of_candidates(sitting), capacity(sitting)) for sitting in page.items}
    return render_template("sittings/list.html", page=page, counts=counts, state=state)


def _plan_form() -> PlanForm:
    form = PlanForm()
    known = regulations.qualifications(on=clock.today())
    form.qualification.choices = [(each.code, each.name) for each in known]
    form.rooms.choices = [
        (
            str(room.id),
            _("%(site)s · %(room)s (%(seats)s seats)", site=site.name, room=room.name, seats=room.seats),
        )
        for site in usable_sites(centres())
        for room in site.rooms
    ]
    return form


@sittings.get("/new")
@requires(Duty.ARRANGE_SITTINGS)
def new_sitting() -> ResponseReturnValue:
    """Show the form of a new sitting."""
    return render_template("sittings/new.html", form=_plan_form())


@sittings.post("/new")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def plan() -> ResponseReturnValue:
    """Put a sitting into the plan."""
    form = _plan_form()
    take_form(form, lambda: render_template("sittings/new.html", form=form))
    chosen = {int(each) for each in form.rooms.data}
    rooms = [room for site in usable_sites(centres()) for room in site.rooms if room.id in chosen]
    sitting = plan_sitting(
        form.qualification.data,
        _one_site(rooms),
        rooms,
        clock.from_local(form.starts_at.data),
        organisation=organisation_of_id(rooms[0].site.centre_id),
        by=current_person(),
        part=Part.THEORY,
    )
    flash(_("The sitting is planned. Next: bring in the candidates."), "success")
    return redirect(url_for(".show_sitting", code=sitting.code))


def _one_site(rooms: list[ExamRoom]) -> Any:
    if not rooms:
        raise Invalid(_("Choose at least one room, each once."))
    return rooms[0].site


@sittings.get("/<code>")
@requires(*WATCHING)
def show_sitting(code: str) -> ResponseReturnValue:
    """Show a sitting as a line from plan to publication: what is done, who did it, what blocks."""
    sitting = own_sitting(code, *WATCHING)
    candidates = candidates_of(sitting)
    form = PaperForm()
    form.paper.choices = [(each.code, each.code) for each in papers.sealed_papers(sitting.qualification)]
    form.paper.data = typed("paper", sitting.paper_code, url_for(".choose_paper", code=code))
    reserve = PaperForm(prefix="reserve")
    reserve.paper.choices = [(each, each) for each in papers_for_reserve(sitting)]
    return render_template(
        "sittings/show.html",
        sitting=sitting,
        steps=steps_of(sitting),
        total=len(candidates),
        seats=capacity(sitting),
        pending=sum(each.eligibility == Eligibility.PENDING for each in candidates),
        seated=sum(each.seat_number is not None for each in candidates),
        obstacles=obstacles_to_opening(sitting),
        changes=[(change, label_of(change)) for change in changes_of(sitting, 30)],
        paper_form=form,
        reserve_form=reserve,
        reserves=reserves_of(sitting),
        is_reserve_begun=is_reserve_begun(sitting),
        tickets=last_ticket_file(sitting),
        is_over=clock.now() > sitting.ends_at,
        SittingState=SittingState,
    )


@sittings.post("/<code>/paper")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def choose_paper(code: str) -> ResponseReturnValue:
    """Decide which sealed paper a sitting uses."""
    take_form(None, lambda: show_sitting(code))
    give_paper(own_sitting(code), request.form.get("paper", ""), by=current_person())
    flash(_("The sealed paper is given to the sitting."), "success")
    return redirect(url_for(".show_sitting", code=code))


@sittings.post("/<code>/reserve-paper")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def choose_reserve_paper(code: str) -> ResponseReturnValue:
    """Decide which sealed paper a sitting goes on with if it is broken off."""
    take_form(None, lambda: show_sitting(code))
    give_reserve_paper(own_sitting(code), request.form.get("reserve-paper", ""), by=current_person())
    flash(_("The reserve paper is kept for the sitting."), "success")
    return redirect(url_for(".show_sitting", code=code))


@sittings.post("/<code>/eligibility")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def look_again(code: str) -> ResponseReturnValue:
    """Look once more for training records of candidates whose eligibility is open."""
    take_form(None, lambda: show_sitting(code))
    found = find_eligibility(own_sitting(code), by=current_person())
    flash(
        ngettext(
            "%(num)s candidate is eligible now that was not.",
            "%(num)s candidates are eligible now that were not.",
            found,
        ),
        "success",
    )
    return redirect(url_for(".show_sitting", code=code))


def _drawn(code: str) -> Drawn:
    take_form(None, lambda: show_sitting(code))
    return draw_seats(own_sitting(code))


@sittings.post("/<code>/arrange")
@requires(Duty.ARRANGE_SITTINGS)
@writes_prepared(lambda code: _drawn(code))
def give_seats(code: str, *, prepared: Drawn) -> ResponseReturnValue:
    """Give every eligible candidate a seat."""
    count = arrange(own_sitting(code), prepared, by=current_person())
    flash(
        ngettext(
            "%(num)s seat is given. Next: print the tickets.",
            "%(num)s seats are given. Next: print the tickets.",
            count,
        ),
        "success",
    )
    return redirect(url_for(".show_sitting", code=code))


@sittings.post("/<code>/tickets")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def make_tickets(code: str) -> ResponseReturnValue:
    """Print all tickets into one file in the background."""
    take_form(None, lambda: show_sitting(code))
    sitting, by = own_sitting(code), current_person()
    title = _l("Printing the tickets of the sitting %(code)s", code=code)
    row = jobs.start(
        "sittings.tickets", title, by=by, language=choose_language(), sitting_code=sitting.code, by_id=by.id
    )
    return redirect(row.url.removesuffix("/state"))


@sittings.get("/<code>/tickets/<file_id>.pdf")
@requires(Duty.ARRANGE_SITTINGS)
def ticket_file(code: str, file_id: str) -> ResponseReturnValue:
    """Hand out the file of all tickets."""
    return pdf_response(read_ticket_file(own_sitting(code), file_id), f"tickets-{code}.pdf")


def pdf_response(content: bytes, name: str) -> ResponseReturnValue:
    """Hand out a PDF document."""
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=name, as_attachment=False)


@sittings.post("/<code>/open")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def open_for_entry(code: str) -> ResponseReturnValue:
    """Open a sitting after every check was made once more."""
    take_form(None, lambda: show_sitting(code))
    open_sitting(own_sitting(code), by=current_person())
    flash(_("The sitting is open: candidates can be checked in at the desk."), "success")
    return redirect(url_for(".show_sitting", code=code))


@sittings.post("/<code>/close")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def close(code: str) -> ResponseReturnValue:
    """Close a sitting; marking may begin."""
    take_form(None, lambda: show_sitting(code))
    close_sitting(own_sitting(code), by=current_person())
    flash(_("The sitting is closed: its attempts can be marked."), "success")
    return redirect(url_for(".show_sitting", code=code))


room = Room(
    name="exams.sittings",
    side="exam",
    blueprints=(sittings, views_objections.objections),
    navigation=(
        NavigationEntry(_l("Sittings"), "sittings.list_sittings", WATCHING),
        NavigationEntry(_l("Import a roster"), "sittings.new_roster", (Duty.ARRANGE_SITTINGS,)),
        NavigationEntry(_l("Objections"), "sittings.list_objections", (Duty.HANDLE_OBJECTIONS,)),
    ),
    open_work=open_work,
    at_a_glance=at_a_glance,
    chores=(roster_work.SWEEPING, tickets.SWEEPING),
    proof=prove,
    witness=bear_witness,
)
