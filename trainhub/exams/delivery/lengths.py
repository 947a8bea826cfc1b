"""How much there is to read in each question of one candidate's form: what the rules of alarms measure by.

Whoever looks at journals need not have the paper open: a worker never does, a web process that was begun anew
in mid-exam does not yet. So the lengths are written down when a process first prepares the form of a sitting,
after the opening of the paper. They are numbers alone. What they tell is how much stands in question and
options together, which everybody in the room has before them at that moment: neither the text nor which
option is right is in them, and no order of anybody.

A sitting that was under way when the house was brought up to these tables has none. The first process to look
after it reads its paper once for them, which stands in the ledger as every opening does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from trainhub.exams import papers
from trainhub.exams.delivery.alarms import reading_length
from trainhub.exams.delivery.asked import asked
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import ReadingLengths
from trainhub.exams.papers.sealing import open_paper
from trainhub.exams.sittings import Sitting, SittingState, papers_given
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.housekeeping import Chore

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

    The paper is not opened for this. Of one whose lengths are not written down nothing is known, and every
    question counts as read at a glance: that raises fewer alarms and never more.

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


def missing() -> list[tuple[str, str]]:
    """Return papers, each with its sitting, that somebody is at work on and of which no lengths are known."""
    begun, known, given = aliased(Attempt), aliased(ReadingLengths), papers_given()
    paper = given.c.paper_code
    found = db.session.execute(
        select(paper, Sitting.code)
        .join(Sitting, Sitting.id == given.c.sitting_id)
        .where(Sitting.state == SittingState.OPEN, paper.is_not(None))
        .where(~select(known).where(known.sitting_code == Sitting.code, known.paper_code == paper).exists())
        .where(
            select(begun)
            .where(begun.sitting_id == Sitting.id, begun.paper_code == paper, begun.started_at.is_not(None))
            .exists()
        )
    )
    return [(paper_code, code) for paper_code, code in found if papers.is_ready(paper_code)]


def note_missing() -> int:
    """Write down the lengths that are missing; returns of how many papers."""
    found = missing()
    for paper_code, sitting_code in found:
        paper = open_paper(paper_code, by=None, sitting_code=sitting_code, at=clock.now())
        note_lengths(paper_code, sitting_code, paper)
    return len(found)


MEASURING = Chore("reading lengths that are missing", lambda: bool(missing()), note_missing)
"""Before journals are looked at, so that none is judged without the lengths that could be known."""
