"""Issuing signed training records for a class: one act for all who are chosen and ready (培训证明)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from trainhub import handover, ledger
from trainhub.courses.models import Member, TrainingClass
from trainhub.courses.progress import Progress, progress_of
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def issuing_class(code: str, person: Person) -> TrainingClass:
    """Return a class for whose organisation the person issues training records.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    own = organisations_for(person, Duty.ISSUE_TRAINING_RECORDS)
    found = db.session.scalar(
        select(TrainingClass).where(TrainingClass.code == code, TrainingClass.organisation_id.in_(own))
    )
    if found is None:
        raise NotFound(_l("There is no such class of yours."))
    return found


def ready_members(training_class: TrainingClass) -> list[Progress]:
    """Return who has done everything and has no record yet."""
    waiting = [member for member in training_class.members if member.record_code is None]
    return [progress for progress in progress_of(waiting) if progress.is_ready]


def issue_records(training_class: TrainingClass, person_ids: Collection[str], *, by: Person) -> list[Member]:
    """Issue the signed training records of some members in one act, all of them or none.

    Raises:
        Invalid: nobody is chosen.
        Conflict: one of the chosen is not ready, or has the record already.
    """
    lock("class", training_class.id)
    if not person_ids:
        raise Invalid(_l("Choose at least one member."))
    ready = {progress.member.person_id: progress for progress in ready_members(training_class)}
    if any(person_id not in ready for person_id in person_ids):
        raise Conflict(_("At least one of those chosen is not ready, or has the record already."))
    return [_issue(ready[person_id], by) for person_id in dict.fromkeys(person_ids)]


def _issue(progress: Progress, by: Person) -> Member:
    member = progress.member
    training_class = member.training_class
    record = handover.issue_training_record(
        member.person,
        training_class.syllabus.course.qualification,
        training_class.syllabus.name,
        progress.done_s,
        max(clock.local_day(member.enrolled_at), training_class.starts_on),
        clock.today(),
        training_class.organisation,
        training_class.code,
        by=by,
    )
    member.record_code, member.record_issued_at = record.code, clock.now()
    ledger.append(
        "class.record_issued",
        by=by,
        side="training",
        training_class=training_class.code,
        person=member.person_id,
        record=record.code,
        verified_seconds=progress.done_s,
    )
    return member
