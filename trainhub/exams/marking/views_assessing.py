"""Pages of assessors: what is theirs to mark, and one response beside its rubric, whosever it is."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.marking.judging import enter, own_judgement, own_work, read_sheet
from trainhub.exams.marking.models_judging import Judgement
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

assessing = Blueprint("assessing", __name__, url_prefix="/exam")


@assessing.get("/assessing/")
@requires(Duty.ASSESS)
def overview() -> ResponseReturnValue:
    """List what is the reader's to mark, question by question."""
    work = own_work(current_person())
    groups = [list(each) for _item, each in groupby(work, key=_question)]
    return render_template("marking/assessing.html", groups=groups, count=len(work))


def _question(judgement: Judgement) -> tuple[str, int]:
    return judgement.response.item_code, judgement.response.item_version


@assessing.get("/assessing/<judgement_code>")
@requires(Duty.ASSESS)
def show(judgement_code: str) -> ResponseReturnValue:
    """Show one response with its question, rubric and model answer."""
    judgement = own_judgement(judgement_code, by=current_person())
    sheet = read_sheet(judgement, by=current_person())
    left = [each for each in own_work(current_person()) if _question(each) == _question(judgement)]
    return render_template("marking/assess.html", judgement=judgement, sheet=sheet, left=len(left))


@assessing.post("/assessing/<judgement_code>")
@requires(Duty.ASSESS)
@writes
def give(judgement_code: str) -> ResponseReturnValue:
    """Enter points for one response, and go on to the next one of the same question."""
    person = current_person()
    judgement = own_judgement(judgement_code, by=person)
    if not enter(judgement, [_points(each) for each in request.form.getlist("points")], by=person):
        return render_template("marking/not_yours.html"), 409
    following = _next(judgement, person)
    if following is None:
        return redirect(url_for("assessing.overview"))
    return redirect(url_for("assessing.show", judgement_code=following.code))


def _points(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Invalid(_l("Give each line of the rubric a whole number of points, up to what the line says."))
    return int(text)


def _next(judgement: Judgement, person: Person) -> Judgement | None:
    same = (each for each in own_work(person) if _question(each) == _question(judgement))
    return next(same, None)
