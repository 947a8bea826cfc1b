"""What most types show: the options of the question, nothing to match them with, nothing further."""

from __future__ import annotations

from enum import Enum
from typing import Any

MARKS_IN_PRACTICE = 5
IN_CASE = "in_case"
"""Marks a question of practice that rests on the case of practice."""


class Moves(Enum):
    """Whether the options of a type may change places from one candidate to the next."""

    NEVER = "never"
    UNLESS_BOUND = "unless one of them speaks of its neighbours"
    ALWAYS = "always"


def offered(body: Any) -> list[Any]:
    """Return what is to choose from: the options of the question."""
    return list(body.options)


def targets(body: Any) -> tuple[Any, ...]:
    """Return nothing: there is nothing to match the options with."""
    return ()


def given(body: Any) -> dict[str, Any]:
    """Return nothing: stem and options are all that the page needs."""
    return {}


def practised(stem: str, *options: str, **more: Any) -> dict[str, Any]:
    """Return an invented question for practice as a form document has it; its type is that of its module."""
    return {"marks": MARKS_IN_PRACTICE, "stem": stem, "options": list(options)} | more


def texts() -> dict[str, str]:
    """Return nothing: the script of the type says nothing of its own."""
    return {}
