"""Describing a marked sitting in the background: the bank learns what is conspicuous, papers how items went.

Asked for by every marking, by every change of a key and by publication, in the deed that does it; sittings
that were marked before anybody asked are found by a chore, one after another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Select, func, select

from trainhub.exams.bank.flags import Finding, raise_flags
from trainhub.exams.bank.flags_anew import let_go
from trainhub.exams.marking.changed_keys import counting_versions, key_changed_at, voided_questions
from trainhub.exams.marking.elsewhere import next_marked_after
from trainhub.exams.marking.models import Result, Standing
from trainhub.exams.marking.models_statistics import Described
from trainhub.exams.marking.telling_papers import observed_at, tell_papers
from trainhub.exams.sittings import Sitting, SittingState, get_sitting
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, lock, reading, transaction
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.jobs import Job, Progress, job, path_to
from trainhub.kernel.rewrapping import lots
from trainhub.people.models import Person
from trainhub.people.persons import get_person

FLAGS = "marking.flags"
FEWEST = 10
"""Candidates below whom statistics flag nothing; said here again because those load NumPy."""
PATIENCE = timedelta(hours=1)
"""After this time a description that was asked for and never done no longer keeps others waiting."""
SECONDS_BETWEEN = 2
"""So long between two words of how far it is."""
AN_EXAM_LASTS = timedelta(hours=12)
"""A sitting that began earlier and is still open goes on no more; somebody forgot to close it."""


def describe(sitting: Sitting, *, by: Person, language: str = "zh_CN") -> Job | None:
    """Have the questions of a marked sitting described anew in the background.

    Where fewer sat than anything is flagged of, that is noted; papers are told of them once published.

    Returns:
        The work; None where there is none.
    """
    row = db.session.get(Described, sitting.id)
    if row is None:
        row = Described(sitting_id=sitting.id)
        db.session.add(row)
    row.asked_at, row.done_at = clock.now(), None
    if sitting.state != SittingState.PUBLISHED and _counted(sitting) < FEWEST:
        row.done_at = row.asked_at
        return None
    title = _l("Looking for conspicuous questions of %(sitting)s", sitting=sitting.code)
    return jobs.start(FLAGS, title, by=by, language=language, sitting_code=sitting.code, by_id=by.id)


def _counted(sitting: Sitting) -> int:
    counted = select(func.count(Result.id)).where(
        Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED
    )
    return db.session.scalar(counted) or 0


@job(FLAGS, again=True)
def run_flagging(progress: Progress, sitting_code: str, by_id: str) -> str | None:
    """Let flags and figures follow the marks of a sitting; a second run changes nothing."""
    # NumPy and SciPy are large: only this work waits for them.
    from trainhub.exams.marking.shown_figures import behaviours_of, keep, mark_of

    with reading():
        sitting = get_sitting(sitting_code)
        asked_at, mark = _asked_at(sitting.id), mark_of(sitting)
        described = behaviours_of(sitting, _told(progress))
        findings, observed = findings_of(sitting), observed_at(sitting)
        centre, is_published = sitting.organisation_id, sitting.state == SittingState.PUBLISHED
    with transaction():
        if not _is_asked_still(sitting_code, asked_at):
            return None
        let_go(centre, sitting_code, findings, by=get_person(by_id))
        if is_published:
            tell_papers(sitting_code, observed)
    for lot in lots(findings):
        with transaction():
            if not _is_asked_still(sitting_code, asked_at):
                return None
            changed = key_changed_at(centre)
            raise_flags(centre, sitting_code, lot, by=get_person(by_id), changed=changed)
    with transaction():
        if _is_asked_still(sitting_code, asked_at):
            row = db.session.get_one(Described, get_sitting(sitting_code).id)
            row.done_at = clock.now()
            keep(row, mark, described)
            _describe_overtaken(get_sitting(sitting_code), by=get_person(by_id))
    return path_to("statistics.show_sitting", code=sitting_code)


def _told(progress: Progress) -> Callable[[int, int], None]:
    """Return what tells how far the counting is, every few seconds at most."""
    told_at = [monotonic()]

    def tell(done: int, of: int) -> None:
        if monotonic() - told_at[0] > SECONDS_BETWEEN:
            progress.tell(done, of, _("Counting the answers of the candidates"))
            told_at[0] = monotonic()

    return tell


def _describe_overtaken(sitting: Sitting, *, by: Person) -> None:
    """Have later sittings described anew that were before this one was marked: they look back at it now."""
    marked_at = db.session.scalar(select(func.max(Result.marked_at)).where(Result.sitting_id == sitting.id))
    for later in next_marked_after(sitting):
        row = db.session.get(Described, later.id)
        if row is not None and marked_at is not None and row.asked_at < marked_at:
            describe(later, by=by)


def _is_asked_still(sitting_code: str, asked_at: datetime | None) -> bool:
    """Tell whether what was computed is what was last asked for; nobody changes marks until this deed ends.

    Whoever changed them meanwhile asked for the next description, which enters its own.
    """
    lock("sitting", sitting_code)
    sitting = get_sitting(sitting_code)
    row = db.session.get(Described, sitting.id, populate_existing=True)
    return row is not None and row.asked_at == asked_at


def is_being_described(sitting: Sitting) -> bool:
    """Tell whether a description of a sitting was asked for and is still to come."""
    row = db.session.get(Described, sitting.id)
    return row is not None and row.done_at is None and row.asked_at > clock.now() - PATIENCE


def _asked_at(sitting_id: int) -> datetime | None:
    return db.session.scalar(select(Described.asked_at).where(Described.sitting_id == sitting_id))


def findings_of(sitting: Sitting) -> list[Finding]:
    """Return what is conspicuous at a sitting, of the versions whose keys count; nothing of voided ones."""
    # NumPy and SciPy are large: only this work waits for them.
    from trainhub.exams.marking.shown_figures import behaviours_of

    later = counting_versions(sitting.organisation_id)
    voided = voided_questions(sitting.organisation_id)
    found: dict[tuple[str, int, str], Finding] = {}
    for behaviour in behaviours_of(sitting):
        for question, item in behaviour.rows:
            asked = (question.item_code, question.version)
            if asked in voided:
                continue
            version = later.get(asked, question.version)
            for flag in item.flags:
                # The first paper is the one that most candidates sat.
                key = (question.item_code, version, flag.kind.value)
                found.setdefault(key, Finding(*key, dict(flag.values)))
    return list(found.values())


def _undescribed() -> Select[int]:
    return (
        select(Sitting.id)
        .outerjoin(Described, Described.sitting_id == Sitting.id)
        .where(
            Sitting.state.in_((SittingState.MARKED, SittingState.PUBLISHED)), Described.sitting_id.is_(None)
        )
        .order_by(Sitting.starts_at, Sitting.id)
        .limit(1)
    )


def is_any_undescribed() -> bool:
    """Tell whether a marked sitting was never described; not while another is, or while an exam goes on."""
    now = clock.now()
    under_way = select(Sitting.id).where(
        Sitting.state == SittingState.OPEN, Sitting.starts_at > now - AN_EXAM_LASTS
    )
    if db.session.scalar(under_way.limit(1)) is not None:
        return False
    waiting = select(Described.sitting_id).where(
        Described.done_at.is_(None), Described.asked_at > now - PATIENCE
    )
    return db.session.scalar(waiting.limit(1)) is None and db.session.scalar(_undescribed()) is not None


def describe_next() -> None:
    """Have the oldest sitting described that never was, in the name of whoever marked it."""
    lock("marking-described", "next")
    sitting = db.session.get(Sitting, db.session.scalar(_undescribed()) or 0)
    if sitting is None:
        return
    marker = db.session.scalar(select(Result.marked_by_id).where(Result.sitting_id == sitting.id).limit(1))
    if marker is None:
        db.session.add(Described(sitting_id=sitting.id, done_at=clock.now()))
    else:
        describe(sitting, by=get_person(marker))


DESCRIBING = Chore("sittings never described", is_any_undescribed, describe_next)
