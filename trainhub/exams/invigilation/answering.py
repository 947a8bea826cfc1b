"""Answering through Flask, where every guard has been passed: pages and boards bring the next pass along."""

from __future__ import annotations

from flask import Flask, Response, current_app, request, session, url_for

from trainhub.exams.invigilation.gate import times_of
from trainhub.exams.invigilation.live import Moment, Rooms
from trainhub.exams.invigilation.passes import HEADER, DeskPass, issue_pass
from trainhub.exams.invigilation.standing import staff_mark
from trainhub.exams.sittings import Sitting


def pass_for_rooms(sitting: Sitting, rooms: frozenset[int] | None) -> DeskPass:
    """Return what opens the board of a sitting with some of its rooms; None means all of them."""
    address = url_for("invigilation.board", code=sitting.code)
    return DeskPass(address, sitting.id, rooms, staff_mark(sitting.id))


def fresh_pass(granted: DeskPass) -> str:
    """Return a pass for the next minute for whoever is signed in, who was found to be allowed it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return issue_pass(app, granted, session.get("sign-in", ""))


def answer_with_pass(moment: Moment, rooms: Rooms, granted: DeskPass) -> Response:
    """Return a board, or an empty answer where the desk has it, with a pass for the next minute."""
    page = moment.page(rooms)
    response = Response(page.plain, mimetype="application/json")
    response.headers["ETag"] = page.tag
    response.headers.update(times_of(moment))
    response.headers[HEADER] = fresh_pass(granted)
    response.make_conditional(request)
    return response
