"""The page on which people of an earlier sitting are registered for another one (补考)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.marking.coming_again import (
    HELD,
    Returning,
    Why,
    let_come_again,
    returning,
    sittings_before,
    without_pass,
)
from trainhub.exams.marking.views_corrections import centres_of_reader
from trainhub.exams.sittings import Sitting, get_sitting
from trainhub.exams.sittings.again import seats_left, sittings_to_come
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l, choose_language
from trainhub.kernel.sent_forms import sent_to, take_form
from trainhub.people.sign_in import current_person
from trainhub.regulations.wording import lines_of
from trainhub.separation.duties import Duty

again = Blueprint("again", __name__, url_prefix="/exam/again")


def _own_sitting(code: str) -> Sitting:
    sitting = get_sitting(code, centres=centres_of_reader(Duty.ARRANGE_SITTINGS))
    if sitting.state not in HELD:
        raise NotFound(_l("There is no such sitting."))
    return sitting


@again.get("/")
@requires(Duty.ARRANGE_SITTINGS)
def choose() -> ResponseReturnValue:
    """Show from which earlier sittings people may come to a planned one."""
    mine = centres_of_reader(Duty.ARRANGE_SITTINGS)
    to = get_sitting(request.args.get("to", ""), centres=mine)
    earlier = [(each, len(without_pass(each))) for each in sittings_before(to, mine)]
    return render_template("marking/again_from.html", to=to, earlier=earlier)


@again.get("/<code>")
@requires(Duty.ARRANGE_SITTINGS)
def show(code: str) -> ResponseReturnValue:
    """Show who of a sitting has no pass, and who of them may come to the sitting that was chosen."""
    sitting = _own_sitting(code)
    to_come = sittings_to_come(sitting, centres_of_reader(Duty.ARRANGE_SITTINGS))
    wanted = request.form.get("to") or request.args.get("to") or (to_come[0].code if to_come else "")
    to = next((each for each in to_come if each.code == wanted), None)
    found = without_pass(sitting)
    people = [] if to is None else returning(found, to)
    free = 0 if to is None else seats_left(to)
    return render_template(
        "marking/again.html",
        sitting=sitting,
        to=to,
        to_come=[(each, seats_left(each)) for each in to_come],
        free=free,
        found=len(found),
        groups=_groups(people),
        ticked=_ticked(people, free),
        law=[] if to is None else _law(to),
        lines_of=lines_of,
    )


def _groups(people: list[Returning]) -> list[tuple[Why, list[Returning]]]:
    groups = [(why, [each for each in people if each.why is why]) for why in Why]
    return [group for group in groups if group[1]]


def _ticked(people: list[Returning], free: int) -> frozenset[str]:
    """Return whose boxes are ticked: as they were sent, else whoever may come, as far as there are seats."""
    if sent_to(request.path):
        return frozenset(request.form.getlist("candidate"))
    coming = [each.candidate.code for each in people if each.may_come and each.why is not Why.MISCONDUCT]
    return frozenset(coming[:free])


def _law(to: Sitting) -> list[Any]:
    """Return what the law of the other sitting's day says of re-sits."""
    day = clock.local_day(to.starts_at)
    return [regulations.figure(f"exam.{to.part}.retakes", on=day)]


@again.post("/<code>")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def register(code: str) -> ResponseReturnValue:
    """Register the people who were chosen, in the background."""
    take_form(None, lambda: show(code))
    sitting = _own_sitting(code)
    to = get_sitting(request.form.get("to", ""), centres=centres_of_reader(Duty.ARRANGE_SITTINGS))
    chosen = request.form.getlist("candidate")
    row = let_come_again(sitting, to, chosen, by=current_person(), language=choose_language())
    return redirect(url_for("jobs.show", job_id=row.id))
