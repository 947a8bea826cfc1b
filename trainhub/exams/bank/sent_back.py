"""A form that was left blank, back at its page with the reason; nothing that somebody wrote is lost by it."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue


def sent_back(problem: object, url: str) -> ResponseReturnValue:
    """Lead back to the page of a form whose words were left blank, and say there what is lacking."""
    flash(str(problem), "error")
    return redirect(url, 303)
