"""Who must see a case, who has seen it to the end, and who has said so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from trainhub import ledger
from trainhub.cases.models import Acknowledgement, Assignment, Case, CaseState, CaseVersion
from trainhub.courses import viewing
from trainhub.courses.models import Course, Member, Syllabus, TrainingClass
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person

STATEMENT = "本人已完整观看（阅读）本警示案例，知悉事故经过、原因和防范措施，并将在工作中落实。"
"""What a person agrees to; it is a document in Chinese, whatever language the page has."""


def readable_case(code: str) -> Case:
    """Return a case that readers can see.

    Raises:
        NotFound: there is none, or it is not published.
    """
    case = db.session.scalar(select(Case).where(Case.code == code, Case.state == CaseState.PUBLISHED))
    if case is None or case.published is None:
        raise NotFound(_l("There is no such case."))
    return case


def subject_of(version: CaseVersion) -> str:
    """Return the name under which the watching of a version's film is counted."""
    return f"case:{version.case.code}:{version.number}"


def start_watching(case: Case, person: Person) -> viewing.Started:
    """Begin to watch a case's film; it counts for the case, not for learning hours.

    Raises:
        NotFound: the case has no film.
    """
    version = case.published
    if version is None or version.film is None:
        raise NotFound(_l("This case has no film."))
    return viewing.start_viewing(person, subject_of(version), film=version.film, counts_hours=False)


def has_seen(version: CaseVersion, person: Person) -> bool:
    """Tell whether a person has seen a version's film to the end; a case without film is read."""
    return version.film is None or viewing.is_complete(person.id, subject_of(version))


def acknowledge(case: Case, person: Person, *, agreed: bool) -> Acknowledgement:
    """Keep a person's word that they have seen a case.

    Raises:
        Invalid: they did not agree to the words.
        Conflict: the film was not seen to its end, or they have said so before.
    """
    lock("person", person.id)
    version = case.published
    if version is None or case.state != CaseState.PUBLISHED:
        raise Conflict(_("This case is not published."))
    if not agreed:
        raise Invalid(_("Tick the statement to acknowledge the case."))
    if acknowledgement_of(case, person) is not None:
        raise Conflict(_("You have acknowledged this case already."))
    if not has_seen(version, person):
        raise Conflict(_("Watch the film to its end first: what the server has counted decides."))
    row = Acknowledgement(case_id=case.id, version=version.number, person_id=person.id, statement=STATEMENT)
    db.session.add(row)
    db.session.flush()
    ledger.append("case.acknowledged", by=person, side="training", case=case.code, version=version.number)
    return row


def acknowledgement_of(case: Case, person: Person) -> Acknowledgement | None:
    """Return a person's word about a case, or None."""
    return db.session.scalar(
        select(Acknowledgement).where(
            Acknowledgement.case_id == case.id, Acknowledgement.person_id == person.id
        )
    )


def assign(case: Case, qualification: str, due_on: date, *, by: Person) -> None:
    """Have learners see a case by a day: those of a qualification, or all; said again, the day is moved.

    Raises:
        Invalid: the day is over.
        Conflict: the case is not published.
    """
    if due_on < clock.today():
        raise Invalid(_("The day by which it is to be seen is over."))
    if case.state != CaseState.PUBLISHED:
        raise Conflict(_("This case is not published."))
    wanted = select(Assignment).where(
        Assignment.case_id == case.id, Assignment.qualification == qualification
    )
    row = db.session.scalar(wanted)
    if row is None:
        row = Assignment(case_id=case.id, qualification=qualification, assigned_by_id=by.id, due_on=due_on)
        db.session.add(row)
    row.due_on = due_on
    ledger.append(
        "case.assigned",
        by=by,
        side="training",
        case=case.code,
        qualification=qualification or None,
        due_on=due_on,
    )


def assignments_of(case: Case) -> list[Assignment]:
    """Return by when whom a case is assigned to."""
    return list(
        db.session.scalars(
            select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.qualification)
        )
    )


def _learning(qualifications: Iterable[str]) -> set[str]:
    """Return the ids of persons in classes that run today, of some qualifications; an empty one means all."""
    wanted = set(qualifications)
    statement = (
        select(Member.person_id)
        .join(TrainingClass, TrainingClass.id == Member.class_id)
        .join(Syllabus, Syllabus.id == TrainingClass.syllabus_id)
        .join(Course, Course.id == Syllabus.course_id)
        .where(TrainingClass.starts_on <= clock.today(), TrainingClass.ends_on >= clock.today())
    )
    if "" not in wanted:
        statement = statement.where(Course.qualification.in_(wanted))
    return set(db.session.scalars(statement))


@dataclass(frozen=True)
class Coverage:
    """Who has seen a case and who still has to (学习覆盖情况).

    Args:
        acknowledged: rows of those who have said so, the newest first.
        missing: persons who have to and have not, by name.
    """

    acknowledged: list[Acknowledgement]
    missing: list[Person]


def coverage_of(case: Case) -> Coverage:
    """Return who has acknowledged a case and who, of those it is assigned to, has not."""
    rows = list(
        db.session.scalars(
            select(Acknowledgement)
            .where(Acknowledgement.case_id == case.id)
            .order_by(Acknowledgement.at.desc())
        )
    )
    due = _learning(each.qualification for each in assignments_of(case)) if assignments_of(case) else set()
    missing = due - {row.person_id for row in rows}
    people = db.session.scalars(select(Person).where(Person.id.in_(missing)).order_by(Person.name))
    return Coverage(rows, list(people))


def open_assignments(person: Person) -> list[Assignment]:
    """Return the assignments that a person has still to see to, the nearest first."""
    done = select(Acknowledgement.case_id).where(Acknowledgement.person_id == person.id)
    statement = (
        select(Assignment)
        .join(Case, Case.id == Assignment.case_id)
        .where(Case.state == CaseState.PUBLISHED, Case.id.not_in(done))
        .order_by(Assignment.due_on)
    )
    rows = db.session.scalars(statement).all()
    return [row for row in rows if person.id in _learning([row.qualification])]
