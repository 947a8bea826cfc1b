"""Telling the bank what was conspicuous at a marked sitting, so that its reviewers look at it."""

from __future__ import annotations

from sqlalchemy import func, select

from trainhub.exams.bank.flags import Finding, raise_flags
from trainhub.exams.marking.models import Result, Standing
from trainhub.exams.sittings import Sitting, get_sitting
from trainhub.kernel import jobs
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.i18n import _
from trainhub.kernel.jobs import Progress, job, path_to
from trainhub.kernel.rewrapping import lots
from trainhub.people.models import Person

FLAGS = "marking.flags"
FEWEST = 10
"""Candidates below whom statistics flag nothing; said here again because those load NumPy."""


def look_for_flags(sitting: Sitting, *, by: Person, language: str = "zh_CN") -> None:
    """Have the questions of a marked sitting looked at in the background, where enough sat for it."""
    counted = select(func.count(Result.id)).where(
        Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED
    )
    if (db.session.scalar(counted) or 0) >= FEWEST:
        title = _("Looking for conspicuous questions of %(sitting)s", sitting=sitting.code)
        jobs.start(FLAGS, title, by=by, language=language, sitting_code=sitting.code)


@job(FLAGS)
def run_flagging(_progress: Progress, sitting_code: str) -> str:
    """Raise what is conspicuous at a sitting in the bank; a second run raises nothing twice."""
    # NumPy and SciPy are large: only this work waits for them.
    from trainhub.exams.marking.behaviour import behaviours_of

    with reading():
        sitting = get_sitting(sitting_code)
        organisation_id = sitting.organisation_id
        findings = [
            Finding(question.item_code, question.version, flag.kind.value, dict(flag.values))
            for behaviour in behaviours_of(sitting)
            for question, item in behaviour.rows
            for flag in item.flags
        ]
    for lot in lots(findings):
        with transaction():
            raise_flags(organisation_id, sitting_code, lot, by=None)
    return path_to("statistics.show_sitting", code=sitting_code)
