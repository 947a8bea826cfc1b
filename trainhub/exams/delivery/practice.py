"""Invented questions for practice: about the page itself, of every type, and none of any bank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trainhub.exams.delivery.types import response_forms
from trainhub.exams.delivery.types._shown import IN_CASE, MARKS_IN_PRACTICE
from trainhub.kernel.i18n import _


def practice_questions() -> list[dict[str, Any]]:
    """Return the questions of practice as a form document has them, in the reader's language."""
    known = sorted(response_forms().items(), key=lambda each: each[1].PRACTISED)
    found = [{"type": kind} | question for kind, form in known for question in form.practice()]
    alone = [each for each in found if IN_CASE not in each]
    return alone + _case([each for each in found if IN_CASE in each])


def _case(questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the questions that rest on a case, with the case above each."""
    text = _(
        "At a machine the network fails for two minutes. The candidate goes on answering; the sign at the "
        "top says that three changes are kept on the machine."
    )
    parts = len(questions)
    marks = parts * MARKS_IN_PRACTICE
    return [
        {name: value for name, value in each.items() if name != IN_CASE}
        | {"case": {"text": text, "part": number, "parts": parts, "marks": marks}}
        for number, each in enumerate(questions, start=1)
    ]
