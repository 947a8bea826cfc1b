"""What a template of the candidate's page is given: the texts and the scripts."""

from __future__ import annotations

from typing import Any

from flask import current_app

from trainhub.exams.delivery.types import response_forms
from trainhub.exams.delivery.wording import texts_of_the_page

SCRIPTS = (
    "exam", "server", "store", "journal", "aside", "merge", "state", "question", "rich", "media", "options",
    "typed", "types", "map", "clock", "display", "speech", "ending", "window", "surroundings",
)  # fmt: skip
"""Modules that the page is made of: named, so that a slow network fetches them side by side."""


def page_context() -> dict[str, Any]:
    """Return what ``delivery/exam.html`` needs, whoever sits before it.

    Modules have no fingerprint in their addresses, because they name each other; the browser asks whether
    they changed.
    """
    types = {name: _module(f"types/{name}") for name in response_forms()}
    preloaded = [_module(f"delivery-{name}") for name in SCRIPTS] + list(types.values())
    return {"texts": texts_of_the_page(), "types": types, "page_scripts": preloaded}


def _module(name: str) -> str:
    return f"{current_app.static_url_path}/js/{name}.js"
