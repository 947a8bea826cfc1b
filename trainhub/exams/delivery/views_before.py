"""Pages before the exam: the machine check and practice; neither knows a candidate or a paper."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from trainhub.exams.delivery.checking import texts_of_the_check
from trainhub.exams.delivery.page import page_context
from trainhub.exams.delivery.practice import practice_questions
from trainhub.kernel import clock
from trainhub.kernel.access import open_to_all
from trainhub.kernel.i18n import LANGUAGES
from trainhub.people.limits import limiter

before = Blueprint("before_exam", __name__, url_prefix="/exam")


@before.get("/machine-check")
@open_to_all("a machine is checked before anybody sits at it")
def machine_check() -> ResponseReturnValue:
    """Tell in words whether this machine and its network can hold the exam."""
    return render_template("delivery/machine_check.html", texts=texts_of_the_check())


@before.get("/machine-check/time")
@open_to_all("the machine check compares clocks and measures the way here")
@limiter.limit("6000 per minute")
def server_time() -> ResponseReturnValue:
    """Tell the server's time."""
    return jsonify(now=round(clock.now().timestamp() * 1000))


@before.get("/practice")
@open_to_all("everybody may try the exam page beforehand; nothing is sent")
def practice() -> ResponseReturnValue:
    """Show the exam page with invented questions and a pretended server in the browser."""
    return render_template(
        "delivery/practice.html", questions=practice_questions(), languages=LANGUAGES, **page_context()
    )
