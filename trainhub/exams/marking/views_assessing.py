"""Pages of assessors: what is theirs to mark, and one response beside its rubric, whosever it is."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.media import clear_media
from trainhub.exams.bank.media.serving import file_response
from trainhub.exams.marking.judging import LONGEST_NOTE, enter, own_judgement, own_work, read_sheet
from trainhub.exams.marking.models_judging import Judgement
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid, NotFound
from trainhub.kernel.i18n import _l
from trainhub.kernel.sent_forms import take_form
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
    files = {
        each.digest: url_for(".show_file", judgement_code=judgement.code, digest=each.digest)
        for each in sheet.item.body.media
    }
    given = request.form.getlist("points")
    lines = zip(given, sheet.rubric.criteria, strict=False)
    wrong = [not _are_points(each, line.points) for each, line in lines]
    facts = {"longest_note": LONGEST_NOTE, "left": len(left), "files": files, "given": given, "wrong": wrong}
    return render_template("marking/assess.html", judgement=judgement, sheet=sheet, **facts)


@assessing.get("/assessing/<judgement_code>/files/<digest>")
@requires(Duty.ASSESS)
def show_file(judgement_code: str, digest: str) -> ResponseReturnValue:
    """Hand out a file that the question of one's response shows, as long as it is one's to mark."""
    judgement = own_judgement(judgement_code, by=current_person())
    item = read_sheet(judgement, by=current_person()).item
    medium = next((each for each in item.body.media if each.digest == digest), None)
    if medium is None:
        raise NotFound(_l("The question shows no such file."))
    found: Response = file_response(clear_media(item.item_code, item.body)[digest], medium.content_type)
    return found


@assessing.post("/assessing/<judgement_code>")
@requires(Duty.ASSESS)
@writes
def give(judgement_code: str) -> ResponseReturnValue:
    """Enter points for one response, and go on to the next one of the same question."""
    person = current_person()
    judgement = own_judgement(judgement_code, by=person)
    take_form(None, lambda: show(judgement_code))
    points, note = [_points(each) for each in request.form.getlist("points")], request.form.get("note", "")
    if not enter(judgement, points, by=person, note=note):
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


def _are_points(text: str, most: int) -> bool:
    try:
        return _points(text) <= most
    except Invalid:
        return False


def _next(judgement: Judgement, person: Person) -> Judgement | None:
    same = (each for each in own_work(person) if _question(each) == _question(judgement))
    return next(same, None)
