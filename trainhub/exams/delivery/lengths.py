"""How much there is to read in each question of one candidate's form: what the rules of alarms measure by."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import current_app

from trainhub.exams.delivery.alarms import reading_length
from trainhub.exams.delivery.asked import asked
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import Attempt

PaperLengths = dict[tuple[str | None, str], dict[tuple[int, int], int]]
"""Reading lengths of questions by number and part, for papers by their code and that of the sitting."""


def lengths_of(attempt: Attempt, known: PaperLengths | None = None) -> dict[int, int]:
    """Return the reading length of each question by its position as shown.

    The paper is never opened for this: while no process has it open, nothing is known and every question
    counts as read at a glance, which raises fewer alarms and never more.

    Args:
        attempt: whose form.
        known: papers measured before, added to here: a room has one paper.
    """
    opened: dict[Any, Any] = current_app.extensions.get("opened-papers", {})
    known = {} if known is None else known
    which = attempt.paper_code, attempt.sitting.code
    paper = opened.get(which)
    if paper is None or attempt.form is None:
        return {}
    if which not in known:
        known[which] = {(each.number, each.part): _length(*each.texts) for each in asked(paper.items)}
    lengths = known[which]
    places = enumerate(read_form(attempt.form), start=1)
    return {position: lengths.get((place.number, place.part), 0) for position, place in places}


@lru_cache(maxsize=20_000)
def _length(*texts: str) -> int:
    return sum(map(reading_length, texts))
