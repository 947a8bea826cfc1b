"""What a home page shows of courses beside the tasks: one's own hours, and how far one's classes are."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import func, select

from trainhub.courses.models import Member, TrainingClass
from trainhub.courses.progress import Progress, memberships_of, progress_of
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.pages import duration
from trainhub.kernel.rooms import Chart, KeyFigure
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

MANAGING = (Duty.MANAGE_COURSES, Duty.ISSUE_TRAINING_RECORDS)
SHOWN = 8


def at_a_glance(person: Any, duties: frozenset[str]) -> list[KeyFigure | Chart]:
    """Return the figures of courses for a person's home page."""
    shown: list[KeyFigure | Chart] = list(_learning(person))
    held = [duty for duty in MANAGING if duty in duties]
    if held:
        shown += _managing({each for duty in held for each in organisations_for(person, duty)})
    return shown


def _learning(person: Person) -> list[KeyFigure]:
    return [
        KeyFigure(
            progress.percent,
            progress.member.training_class.syllabus.course.title,
            url_for("courses.class_page", code=progress.member.training_class.code),
            _("%% of %(needed)s", needed=duration(progress.needed_s)),
            "good" if progress.is_ready else "",
        )
        for progress in memberships_of(person)[:4]
    ]


def _managing(organisations: set[int]) -> list[KeyFigure | Chart]:
    of_mine = TrainingClass.organisation_id.in_(organisations)
    running = list(
        db.session.scalars(
            select(TrainingClass)
            .where(of_mine, TrainingClass.ends_on >= clock.today(), TrainingClass.starts_on <= clock.today())
            .order_by(TrainingClass.ends_on)
        )
    )
    issued = select(func.count(Member.id)).join(TrainingClass, TrainingClass.id == Member.class_id)
    records = db.session.scalar(issued.where(of_mine, Member.record_code.is_not(None))) or 0
    classes = url_for("courses.list_classes")
    shown: list[KeyFigure | Chart] = [
        KeyFigure(len(running), _("Classes under way"), classes),
        KeyFigure(sum(len(each.members) for each in running), _("People learning"), classes),
        KeyFigure(records, _("Training records handed over"), classes),
    ]
    if running:
        shown.append(_chart(running[:SHOWN]))
    return shown


def _chart(classes: list[TrainingClass]) -> Chart:
    counts = [_count(progress_of(each.members)) for each in classes]
    names = (_("All done"), _("On the way"), _("Behind"))
    return Chart(
        "class-progress",
        _("How far the members of the classes are"),
        tuple(each.name for each in classes),
        tuple((name, tuple(count[place] for count in counts)) for place, name in enumerate(names)),
        unit=_("people"),
        is_stacked=True,
    )


def _count(members: list[Progress]) -> tuple[int, int, int]:
    ready = sum(one.is_ready for one in members)
    behind = sum(one.is_behind for one in members)
    return ready, len(members) - ready - behind, behind
