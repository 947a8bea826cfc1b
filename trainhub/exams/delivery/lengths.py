"""How much there is to read in each question of one candidate's form: what the rules of alarms measure by.

Whoever looks at journals need not have the paper open: a worker never does, a web process that was begun anew
in mid-exam does not yet. So the lengths are written down when a process first prepares the form of a sitting,
after the opening of the paper. They are numbers alone. What they tell is how much stands in question and
options together, which everybody in the room has before them at that moment: neither the text nor which
option is right is in them, and no order of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from trainhub.exams.delivery.alarms import reading_length
from trainhub.exams.delivery.asked import asked
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import ReadingLengths
from trainhub.kernel.db import db, lock

PaperLengths = dict[tuple[str | None, str], dict[tuple[int, int], int]]
"""Reading lengths of questions by number and part, for papers by their code and that of the sitting."""


def note_lengths(paper_code: str, sitting_code: str, paper: Any) -> None:
    """Write down once how much there is to read in each question of an opened paper.

    Args:
        paper_code: code of the paper.
        sitting_code: of the sitting that it lies open for.
        paper: the opened paper.
    """
    lock("delivery-lengths", sitting_code)
    if db.session.get(ReadingLengths, (sitting_code, paper_code)) is not None:
        return
    lengths = [[each.number, each.part, sum(map(reading_length, each.texts))] for each in asked(paper.items)]
    db.session.add(ReadingLengths(sitting_code=sitting_code, paper_code=paper_code, lengths=lengths))
    db.session.flush()


def known_lengths(attempts: Iterable[Attempt]) -> PaperLengths:
    """Return what was written down of the papers of some attempts, in one question for all of them."""
    sittings = {attempt.sitting.code for attempt in attempts}
    rows = db.session.scalars(select(ReadingLengths).where(ReadingLengths.sitting_code.in_(sittings)))
    return {
        (row.paper_code, row.sitting_code): {(number, part): length for number, part, length in row.lengths}
        for row in rows
    }


def lengths_of(attempt: Attempt, known: PaperLengths | None = None) -> dict[int, int]:
    """Return the reading length of each question by its position as shown.

    The paper is never opened for this. Of a form that no process prepared since lengths are written down
    nothing is known, and every question counts as read at a glance: that raises fewer alarms and never more.

    Args:
        attempt: whose form.
        known: what is known of the papers of several attempts; looked up for this one if there is none.
    """
    known = known_lengths([attempt]) if known is None else known
    lengths = known.get((attempt.paper_code, attempt.sitting.code))
    if lengths is None or attempt.form is None:
        return {}
    places = enumerate(read_form(attempt.form), start=1)
    return {position: lengths.get((place.number, place.part), 0) for position, place in places}
