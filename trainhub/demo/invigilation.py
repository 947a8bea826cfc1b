"""Records of the demo's exam days: incidents by two people, inspection, rooms counted and signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from trainhub.demo.delivery import invigilators_of
from trainhub.demo.sittings import TO_MARK
from trainhub.exams.delivery import AttemptState, attempts_of
from trainhub.exams.invigilation import (
    IncidentKind,
    Told,
    close_desk,
    confirm_incident,
    give_extra_time,
    note_inspection,
    record_incident,
    sign_room_record,
)
from trainhub.exams.invigilation.inspection import POINTS
from trainhub.exams.sittings import Sitting, SittingState, get_sitting
from trainhub.exams.staffing import appointments_of
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def build(_world: Any) -> None:
    """Close the past sittings with their records; leave open work at the desk of today's."""
    now = clock.now()
    for code, ends_at in _open_sittings():
        if ends_at < now:
            _finish_past(code, ends_at)
        else:
            _present(code)


def _open_sittings() -> list[tuple[str, datetime]]:
    with transaction():
        wanted = select(Sitting).where(Sitting.state == SittingState.OPEN).order_by(Sitting.starts_at)
        return [(row.code, row.ends_at) for row in db.session.scalars(wanted)]


def _finish_past(code: str, ends_at: datetime) -> None:
    with clock.set_to(ends_at - timedelta(minutes=40)), transaction():
        sitting = get_sitting(code)
        first, second = invigilators_of(sitting)[:2]
        text = "第二排照明短时闪断约一分钟，考生作答未受影响，已通知考点检修。"
        incident = record_incident(sitting, None, IncidentKind.EQUIPMENT, text, by=first)
        confirm_incident(incident, Told.NOBODY, by=second)
        _inspect(sitting)
    with clock.set_to(ends_at + timedelta(minutes=45)), transaction():
        sitting = get_sitting(code)
        first, second = invigilators_of(sitting)[:2]
        close_desk(sitting, by=first)
        for room in sitting.rooms:
            sign_room_record(sitting, room, "考场秩序正常。", by=first)
            if code != TO_MARK:
                sign_room_record(sitting, room, by=second)


def _inspect(sitting: Sitting) -> None:
    for row in appointments_of(sitting):
        if row.duty == Duty.INSPECT:
            person = db.session.get_one(Person, row.person_id)
            remarks = "人员到岗，证件核对规范，视频监控正常。"
            note_inspection(sitting, dict.fromkeys(POINTS, "met"), remarks, by=person)
            return


def _present(code: str) -> None:
    with transaction():
        sitting = get_sitting(code)
        working = [each for each in attempts_of(sitting) if each.state == AttemptState.WORKING]
        first = invigilators_of(sitting)[0]
        if not working:
            return
        give_extra_time(working[0].candidate, 5, "机器重启，补时五分钟", by=first)
        text = "考生显示器黑屏约三分钟，已更换连接线并补时。"
        record_incident(sitting, working[0].candidate, IncidentKind.EQUIPMENT, text, by=first)
