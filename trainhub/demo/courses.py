"""Courses of the demo: four published, one draft, classes with people who learn, have learnt, and are behind.

Nobody is given an hour: who has learnt something here has learnt it through the real functions, beat by beat,
on a moved clock.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from trainhub.courses import classes, editing, films, records, viewing
from trainhub.courses.hours import Reason
from trainhub.courses.models import Course, TrainingClass
from trainhub.courses.progress import own_member, start_lesson
from trainhub.kernel import clock
from trainhub.kernel.db import transaction
from trainhub.people.models import Organisation, Person
from trainhub.people.persons import get_person

HERE = Path(__file__).parent
FILM_TITLE = "班前五分钟"
BEAT = timedelta(seconds=45)

COURSES = {
    "PRINCIPAL": (
        "主要负责人安全生产知识和管理能力培训",
        "面向生产经营单位主要负责人的初次培训：法定职责、责任制、安全投入、双重预防、教育培训、应急和事故处理。",
    ),
    "SAFETY-MANAGER": (
        "安全生产管理人员安全生产知识和管理能力培训",
        "面向安全生产管理人员的初次培训：危险源辨识、隐患闭环、作业许可、承包商管理、防护用品、应急与统计分析。",
    ),
    "LV-ELECTRICIAN": (
        "低压电工作业安全技术培训",
        "面向低压电工作业人员的初次培训：触电防护、接地系统、剩余电流保护、停电作业措施、临时用电与触电急救。",
    ),
    "WORK-AT-HEIGHT": (
        "高处作业（登高架设）安全技术培训",
        "面向高处作业人员的初次培训：坠落预防、安全带、脚手架、梯子与平台、临边洞口、防坠物与应急救援。",
    ),
}


@dataclass(frozen=True)
class Plan:
    """A class of the demo, its days counted from today."""

    qualification: str
    name: str
    first_day: int
    last_day: int
    is_open: bool
    members: tuple[str, ...]


PLANS = (
    Plan("PRINCIPAL", "主要负责人培训班（第 6 期）", -50, 20, False, ("candidate", "trainee2")),
    Plan("SAFETY-MANAGER", "安全生产管理人员培训班（第 9 期）", -12, 40, True, ("trainee",)),
    Plan("LV-ELECTRICIAN", "低压电工作业培训班（第 14 期）", -40, 110, True, ("trainee", "trainee2")),
    Plan("WORK-AT-HEIGHT", "高处作业培训班（第 4 期）", -2, 80, True, ()),
)

LEARNING = (
    ("candidate", "PRINCIPAL", 45, None),
    ("trainee2", "PRINCIPAL", 9, None),
    ("trainee", "SAFETY-MANAGER", 6, 3),
    ("trainee", "LV-ELECTRICIAN", 38, 2),
)
"""Who has learnt what: user name, qualification, begun so many days ago, number of lessons (None: all)."""


def build(world: Any) -> None:
    """Publish the courses, open the classes, and let people learn."""
    now = clock.now()
    with clock.set_to(now - timedelta(days=60)):
        film_code = take_film(world, "course-admin", "ANTAI", FILM_TITLE)
        for qualification in COURSES:
            _publish(world, qualification, film_code)
        _begin_draft(world)
    codes = {plan.qualification: _open(world, plan, now) for plan in PLANS}
    for name, qualification, days_ago, lessons in LEARNING:
        learn(world.persons[name], codes[qualification], _morning(now, days_ago), lessons=lessons)
    with clock.set_to(_morning(now, 30)), transaction():
        issuer = world.persons["course-admin"]
        training_class = records.issuing_class(codes["PRINCIPAL"], issuer)
        records.issue_records(training_class, [world.persons["candidate"].id], by=issuer)


def _morning(now: datetime, days_ago: int) -> datetime:
    day = clock.local(now - timedelta(days=days_ago))
    return clock.from_local(day.replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None))


def take_film(world: Any, username: str, organisation: str, title: str) -> str:
    """Take the demo's film in for somebody and have it looked into; returns its code."""
    media = HERE / "media"
    with transaction(), (media / "before-the-shift.mp4").open("rb") as file:
        by = world.persons[username]
        film = films.take_film(file, title, world.organisations[organisation], by=by)
        films.add_captions(film, (media / "before-the-shift.zh.vtt").read_bytes(), by=by)
        code, key = film.code, film.storage_key
    films.settle_film(code, key)
    return code


def _school(world: Any) -> tuple[Person, Organisation]:
    return world.persons["course-admin"], world.organisations["ANTAI"]


def read_lessons(qualification: str) -> list[tuple[str, str]]:
    """Return the lessons of a course of the demo: titles and texts."""
    text = (HERE / "lessons" / f"{qualification}.md").read_text(encoding="utf-8")
    pieces = re.split(r"^# (.+)$", text, flags=re.MULTILINE)[1:]
    return [(title.strip(), body.strip()) for title, body in zip(pieces[::2], pieces[1::2], strict=True)]


def _publish(world: Any, qualification: str, film_code: str) -> None:
    with transaction():
        by, school = _school(world)
        course = editing.draft_course(qualification, *COURSES[qualification], school, by=by)
        lessons = read_lessons(qualification)
        assert course.draft is not None
        minutes = math.ceil(course.draft.required_s / 60 / len(lessons))
        film = films.get_film(film_code)
        editing.add_lesson(course, f"影片：{FILM_TITLE}", _film_text(), film=film, by=by)
        for title, body in lessons:
            editing.add_lesson(course, title, body, minutes=minutes, by=by)
        editing.publish(course, by=by)


def _film_text() -> str:
    return (
        "开工之前，先停五分钟：看人、看防护、看设备、看环境、看方法。\n\n"
        "## 看片时请留意\n\n"
        "- 哪一步是您所在班组最容易省略的？\n"
        "- 检修设备之前，“断电、上锁、挂牌、验电”四步由谁完成、谁确认？\n"
        "- 出现险情时，您的集合地点在哪里？\n\n"
        "影片以正常速度播放的每一秒计入学时，跳过的部分不计入。"
    )


def _begin_draft(world: Any) -> Course:
    with transaction():
        by, school = _school(world)
        summary = "面向已取得合格证明的主要负责人的年度再培训，内容正在编写。"
        course = editing.draft_course("PRINCIPAL", "主要负责人年度再培训（编写中）", summary, school, by=by)
        body = "近一年出台和修订的法律、法规与标准，以及它们对主要负责人提出的新要求。"
        editing.add_lesson(course, "今年的新规定", body, minutes=90, by=by)
        return course


def _open(world: Any, plan: Plan, now: datetime) -> str:
    with clock.set_to(now + timedelta(days=plan.first_day)), transaction():
        by, school = _school(world)
        course = _course_of(school, plan.qualification)
        assert course.published is not None
        first = clock.today()
        last = first + timedelta(days=plan.last_day - plan.first_day)
        opened = classes.open_class(course.published, plan.name, first, last, is_open=plan.is_open, by=by)
        classes.assign_instructor(opened, world.persons["instructor"], by=by)
        for name in plan.members:
            person = world.persons[name]
            classes.enrol(opened, person, by=person if plan.is_open else by)
        return opened.code


def _course_of(school: Organisation, qualification: str) -> Course:
    found = editing.published_courses(qualification)
    return next(course for course in found if course.organisation_id == school.id)


def learn(person: Person, class_code: str, begins: datetime, *, lessons: int | None = None) -> datetime:
    """Let somebody work through the first lessons of a class (all unless said), day by day.

    Returns:
        When they were through.
    """
    person_id = person.id
    with clock.set_to(begins):
        for code in _lesson_codes(person_id, class_code)[:lessons]:
            while not _learn_for_a_day(person_id, class_code, code):
                clock.move(_morning(clock.now(), -1) - clock.now())
        return clock.now()


def _lesson_codes(person_id: str, class_code: str) -> Sequence[str]:
    with transaction():
        training_class: TrainingClass = own_member(class_code, get_person(person_id)).training_class
        return [lesson.code for lesson in training_class.syllabus.lessons]


def _learn_for_a_day(person_id: str, class_code: str, lesson_code: str) -> bool:
    """Learn a lesson until it is complete, or until the day is full; tell whether it is complete."""
    with transaction():
        person = get_person(person_id)
        member = own_member(class_code, person)
        lesson = next(one for one in member.training_class.syllabus.lessons if one.code == lesson_code)
        started = start_lesson(member, lesson)
        if lesson.film is not None:
            viewing.note_fetched(started.viewing.id, [(0, lesson.film.size - 1)])
        return _beat_on(person, started) is Reason.COMPLETE


def _beat_on(person: Person, started: viewing.Started) -> Reason:
    sequence, position = 0, started.resume_at_s * 1000
    while True:
        sequence += 1
        clock.move(BEAT)
        position += round(BEAT.total_seconds() * 1000)
        ids = person, started.viewing.id, started.token
        answer = viewing.beat(*ids, sequence=sequence, position_ms=position)
        if answer.reason in (Reason.COMPLETE, Reason.DAY_FULL):
            return answer.reason
        if answer.confirm_code is not None:
            clock.move(timedelta(seconds=4))
            viewing.confirm(*ids, answer.confirm_code)
