"""Pages of the room."""

from __future__ import annotations

from trainhub.courses import (
    films,
    views_classes,
    views_films,
    views_learner,
    views_manage,
    views_practice,
    views_viewing,
)
from trainhub.courses.blueprint import courses
from trainhub.courses.glance import at_a_glance
from trainhub.courses.witness import bear_witness
from trainhub.courses.work import open_work
from trainhub.kernel.i18n import _l
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.separation.duties import Duty

__all__ = [
    "room",
    "views_classes",
    "views_films",
    "views_learner",
    "views_manage",
    "views_practice",
    "views_viewing",
]

room = Room(
    name="courses",
    side="training",
    blueprints=(courses,),
    navigation=(
        NavigationEntry(_l("My learning"), "courses.mine"),
        NavigationEntry(_l("Courses"), "courses.catalogue"),
        NavigationEntry(
            _l("Manage courses"), "courses.managed", (Duty.MANAGE_COURSES,), ("courses.list_films",)
        ),
        NavigationEntry(
            _l("Classes"),
            "courses.list_classes",
            (Duty.MANAGE_COURSES, Duty.TEACH, Duty.ISSUE_TRAINING_RECORDS),
        ),
    ),
    open_work=open_work,
    at_a_glance=at_a_glance,
    chores=films.SWEEPING,
    witness=bear_witness,
)
