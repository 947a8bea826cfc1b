"""What the tables of courses say of classes, who teaches them and who learns in them, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, select

from trainhub.courses.models import Course, Instructor, Member, Syllabus, TrainingClass
from trainhub.kernel.witness import Witness, local_day
from trainhub.people.models import Organisation


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold of classes."""
    period = (TrainingClass.starts_on, TrainingClass.ends_on)
    of_class = (TrainingClass.code.label("class_code"), Organisation.code.label("organisation_code"))
    classes = (
        select(*of_class, Course.qualification, *period)
        .join(Organisation, Organisation.id == TrainingClass.organisation_id)
        .join(Syllabus, Syllabus.id == TrainingClass.syllabus_id)
        .join(Course, Course.id == Syllabus.course_id)
    )
    teaching = (
        select(Instructor.person_id, *of_class, *period)
        .join(TrainingClass, TrainingClass.id == Instructor.class_id)
        .join(Organisation, Organisation.id == TrainingClass.organisation_id)
    )
    enrolled = local_day(Member.enrolled_at)
    since = case((enrolled > TrainingClass.starts_on, enrolled), else_=TrainingClass.starts_on)
    learning = (
        select(Member.person_id, *of_class, since.label("starts_on"), TrainingClass.ends_on)
        .join(TrainingClass, TrainingClass.id == Member.class_id)
        .join(Organisation, Organisation.id == TrainingClass.organisation_id)
    )
    return (
        Witness("class", classes, classes),
        Witness("taught", teaching, teaching),
        Witness("attended", learning, learning),
    )
