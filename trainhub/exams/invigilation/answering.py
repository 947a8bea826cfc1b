"""Answering with a board through Flask, where every guard has been passed: it brings the next pass along."""

from __future__ import annotations

from flask import Flask, Response, current_app, request, session

from trainhub.exams.invigilation.live import Page
from trainhub.exams.invigilation.passes import HEADER, DeskPass, issue_pass
from trainhub.kernel import clock


def answer_with_pass(page: Page, granted: DeskPass) -> Response:
    """Return a board, or an empty answer where the desk has it, with a pass for the next minute."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    response = Response(page.plain, mimetype="application/json")
    response.headers["ETag"] = page.tag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Now"] = str(round(clock.now().timestamp() * 1000))
    response.headers[HEADER] = issue_pass(app, granted, session.get("sign-in", ""))
    return response.make_conditional(request)
