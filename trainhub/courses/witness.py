"""What the training side has on record of classes, instructors and members."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.courses.models import Course, Instructor, Member, Syllabus, TrainingClass
from trainhub.people.models import Organisation
from trainhub.separation.comparing import Testimony, rows_of


def bear_witness() -> list[Testimony]:
    """Return which classes there are, who teaches them until when, and who learns in them."""
    classes = (
        select(TrainingClass.code, Organisation.code, Course.qualification)
        .join(Organisation, Organisation.id == TrainingClass.organisation_id)
        .join(Syllabus, Syllabus.id == TrainingClass.syllabus_id)
        .join(Course, Course.id == Syllabus.course_id)
    )
    taught = (
        select(
            Instructor.person_id,
            TrainingClass.code,
            Organisation.code,
            TrainingClass.starts_on,
            TrainingClass.ends_on,
        )
        .join(TrainingClass, TrainingClass.id == Instructor.class_id)
        .join(Organisation, Organisation.id == TrainingClass.organisation_id)
    )
    learned = (
        select(Member.person_id, TrainingClass.code, Organisation.code)
        .join(TrainingClass, TrainingClass.id == Member.class_id)
        .join(Organisation, Organisation.id == TrainingClass.organisation_id)
    )
    in_class = ("person_id", "class_code", "organisation_code")

    return [
        Testimony("class", ("class_code", "organisation_code", "qualification"), rows_of(classes)),
        Testimony("taught", (*in_class, "starts_on", "ends_on"), rows_of(taught)),
        Testimony("attended", in_class, rows_of(learned)),
    ]
