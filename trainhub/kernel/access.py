"""Closed by default: a view that wears no guard answers nobody, and a test says so.

``requires(Duty…)`` stands in ``governance.guards``; the two guards that know no duty stand here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from trainhub.kernel.errors import Forbidden, NotSignedIn
from trainhub.kernel.i18n import _l

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """What a view demands of who asks.

    Args:
        label: how the table of who may do what writes it: ``open``, ``signed in``, or duties.
        check: raises NotSignedIn or Forbidden; returns otherwise.
        reason: why a page is open to all.
    """

    label: str
    check: Callable[[], None]
    reason: str = ""


def wear(guard: Guard) -> Callable[[View], View]:
    """Put a guard on a view; a second one is a mistake."""

    def put_on(view: View) -> View:
        if getattr(view, "__guard__", None) is not None:
            raise TypeError(f"{view.__qualname__} wears a guard already")
        view.__guard__ = guard  # type: ignore[attr-defined]
        return view

    return put_on


def open_to_all(reason: str) -> Callable[[View], View]:
    """Let anybody in, and say why."""
    return wear(Guard("open", lambda: None, reason))


def check_signed_in() -> None:
    """Raise NotSignedIn unless somebody is signed in."""
    if not current_user.is_authenticated:
        raise NotSignedIn(_l("Please sign in first."))


def signed_in(view: View) -> View:
    """Let in whoever is signed in; the view shows nothing but the person's own."""
    return wear(Guard("signed in", check_signed_in))(view)


def may_follow(address: str) -> bool:
    """Tell whether the page at an address lets in whoever asks now, as far as its guard knows.

    What one room says on the page of another leads where not everybody who reads it may go.
    """
    try:
        endpoint, _values = current_app.url_map.bind("").match(address)
    except HTTPException:
        return False
    guard = getattr(current_app.view_functions[endpoint], "__guard__", None)
    if guard is None:
        return False
    try:
        guard.check()
    except (Forbidden, NotSignedIn):
        return False
    return True


def install(app: Flask) -> None:
    """Have every request pass its view's guard before anything else of the view runs."""
    app.before_request(_pass_guard)
    app.jinja_env.globals["may_follow"] = may_follow


def _pass_guard() -> None:
    if request.endpoint is None or request.endpoint == "static":
        return
    guard = getattr(current_app.view_functions[request.endpoint], "__guard__", None)
    if guard is None:
        raise Forbidden(_l("This page is closed."))
    guard.check()
