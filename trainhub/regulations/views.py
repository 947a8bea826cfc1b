"""The public pages of the law as data: every figure with source and period, and the catalogue."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from trainhub.kernel import clock
from trainhub.kernel.access import open_to_all
from trainhub.kernel.i18n import _l
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.regulations.lookup import figures
from trainhub.regulations.search import SUBJECTS, Question, find_figures, find_qualifications
from trainhub.regulations.wording import lines_of

regulations = Blueprint("regulations", __name__, url_prefix="/regulations")

CATEGORIES = {
    "electrical": _l("Electrical work"),
    "welding": _l("Welding and thermal cutting"),
    "height": _l("Work at height"),
    "refrigeration": _l("Refrigeration and air conditioning"),
    "coal_mine": _l("Coal mines"),
    "metal_mine": _l("Metal and non-metal mines"),
    "oil_gas": _l("Oil and natural gas"),
    "metallurgy": _l("Metallurgy"),
    "chemicals": _l("Dangerous chemicals"),
    "fireworks": _l("Fireworks"),
    "": _l("Principals and safety managers"),
}


@regulations.get("")
@open_to_all("the law is public, and so is what we take it to say")
def list_figures() -> ResponseReturnValue:
    """List the figures in force on a day, or all of them."""
    question = Question(
        on=None if request.args.get("all") else _day(),
        subject=request.args.get("subject", ""),
        kind=request.args.get("kind", ""),
        unconfirmed=bool(request.args.get("unconfirmed")),
        words=request.args.get("q", "")[:80],
    )
    found = find_figures(question)
    groups = {subject: [row for row in found if row.subject == subject] for subject in SUBJECTS}
    in_force = figures(clock.today())
    return render_template(
        "regulations/figures.html",
        question=question,
        groups={subject: rows for subject, rows in groups.items() if rows},
        count=len(found),
        waiting=sum(not row.confirmed for row in in_force),
        total=len(in_force),
        subjects=SUBJECTS,
        day=question.on or clock.today(),
        lines_of=lines_of,
    )


@regulations.get("/qualifications")
@open_to_all("the catalogue of qualifications is public")
def list_qualifications() -> ResponseReturnValue:
    """List the catalogue of qualifications of a day."""
    day = _day()
    words = request.args.get("q", "")[:80]
    found = find_qualifications(day, words)
    groups = {category: [row for row in found if row.category == category] for category in CATEGORIES}
    return render_template(
        "regulations/qualifications.html",
        groups={category: rows for category, rows in groups.items() if rows},
        categories=CATEGORIES,
        count=len(found),
        words=words,
        day=day,
    )


def _day() -> date:
    text = request.args.get("on", "")
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


room = Room(
    name="regulations",
    side="core",
    blueprints=(regulations,),
    navigation=(NavigationEntry(_l("Regulations"), "regulations.list_figures"),),
)
