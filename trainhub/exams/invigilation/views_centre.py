"""Pages of the exam centre during the sittings of a day: all rooms live, to look at and not to touch."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.invigilation.access import OF_THE_CENTRE
from trainhub.exams.invigilation.answering import answer_with_pass, fresh_pass
from trainhub.exams.invigilation.board import MARKS, STATES, desk_words
from trainhub.exams.invigilation.centre import live_centre
from trainhub.exams.invigilation.desk_page import what_who_looks_sees
from trainhub.exams.invigilation.next_steps import broken_off, broken_off_among
from trainhub.exams.invigilation.passes import DeskPass
from trainhub.exams.sittings import get_sitting
from trainhub.governance.duties import organisations_for
from trainhub.governance.guards import requires
from trainhub.people.sign_in import current_person

centre = Blueprint("centre", __name__, url_prefix="/exam/centre")


@centre.app_context_processor
def _told() -> dict[str, Any]:
    return {"broken_off_of": broken_off, "broken_off_among": broken_off_among}


def _centres() -> frozenset[int]:
    person = current_person()
    return frozenset(each for duty in OF_THE_CENTRE for each in organisations_for(person, duty))


def _pass(centres: frozenset[int]) -> DeskPass:
    return DeskPass(url_for("centre.board"), None, centres)


@centre.get("/")
@requires(*OF_THE_CENTRE)
def show() -> ResponseReturnValue:
    """Show every room of today's sittings, what needs a look first at the top."""
    centres = _centres()
    return render_template(
        "invigilation/centre.html",
        rooms=live_centre(centres).now().rooms,
        states=STATES,
        marks=MARKS,
        words=desk_words(),
        desk_pass=fresh_pass(_pass(centres)),
    )


@centre.get("/board")
@requires(*OF_THE_CENTRE)
def board() -> ResponseReturnValue:
    """Tell the page's script how the rooms are, with a pass for the next minute."""
    centres = _centres()
    moment = live_centre(centres).moment(nullcontext)
    return answer_with_pass(moment, None, _pass(centres))


@centre.get("/<code>")
@requires(*OF_THE_CENTRE)
def rooms(code: str) -> ResponseReturnValue:
    """Show the rooms of one sitting, seat by seat."""
    sitting = get_sitting(code, centres=sorted(_centres()))
    return render_template(
        "invigilation/centre_rooms.html",
        **what_who_looks_sees(sitting),
    )
