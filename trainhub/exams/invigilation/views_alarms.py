"""Pages about alarms: what was noticed at each seat, with the evidence, and what a person does about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from trainhub.exams.delivery import attempt_of
from trainhub.exams.delivery.evidence import evidence_of, read_evidence
from trainhub.exams.delivery.models_watch import Alarm
from trainhub.exams.delivery.noticing import EventKind, events_of
from trainhub.exams.delivery.photos import rule_of
from trainhub.exams.delivery.watching import alarms_of, dismiss, get_alarm, mark_seen
from trainhub.exams.invigilation.access import duties_in, own_candidate, sitting_of, watched_sitting
from trainhub.exams.invigilation.alarms import (
    alarms_with_candidates,
    answers_since,
    events_counted,
    freeze_of,
    freeze_seat,
    get_evidence,
    release_seat,
)
from trainhub.exams.invigilation.forms_alarms import DismissForm, FreezeForm
from trainhub.exams.invigilation.sending import once
from trainhub.exams.sittings import Candidate, Sitting, candidates_of
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

watching = Blueprint("watching", __name__, url_prefix="/exam/desk")

TONES = {"open": "bad", "seen": "warn", "dismissed": "neutral", "frozen": "info"}
HANDS = {
    "pointer": _l("mouse"),
    "touch": _l("finger"),
    "key": _l("key"),
    "none": _l("nothing"),
}


@watching.app_template_filter("second")
def _second(moment: datetime) -> str:
    """Write the time of a day to the second: of events that follow each other closely."""
    return f"{clock.local(moment):%H:%M:%S}"


def _sitting(code: str) -> Sitting:
    return sitting_of(code, current_person(), Duty.INVIGILATE)


def _own(sitting: Sitting, candidate_code: str) -> Candidate:
    return own_candidate(sitting, candidate_code, current_person())


def _own_alarm(code: str, alarm_code: str) -> Alarm:
    sitting = _sitting(code)
    alarm = get_alarm(sitting, alarm_code)
    _own(sitting, alarm.attempt.candidate.code)
    return alarm


@watching.get("/<code>/alarms")
@requires(Duty.INVIGILATE, Duty.INSPECT)
def list_alarms(code: str) -> ResponseReturnValue:
    """List alarms of one's rooms and how much was noticed at each seat; inspectors see all and look on."""
    person = current_person()
    duties = duties_in(sitting_of(code, person, Duty.INVIGILATE, Duty.INSPECT), person)
    sitting, rooms = watched_sitting(code, person)
    seen = [each for each in candidates_of(sitting) if rooms is None or each.sitting_room_id in rooms]
    counted = events_counted(sitting)
    noticed = [(each, counted[each.id]) for each in seen if each.id in counted]
    return render_template(
        "invigilation/alarms.html",
        sitting=sitting,
        alarms=[pair for pair in alarms_with_candidates(sitting) if pair[1] in seen],
        noticed=sorted(noticed, key=lambda pair: (-pair[1], pair[0].seat_number or 0)),
        may_act=Duty.INVIGILATE in duties,
        tones=TONES,
    )


@watching.get("/<code>/candidates/<candidate_code>/watch")
@requires(Duty.INVIGILATE)
def seat(code: str, candidate_code: str) -> ResponseReturnValue:
    """Show what was noticed at one seat, its alarms with their evidence, and what can be done."""
    sitting = _sitting(code)
    return _seat_page(sitting, _own(sitting, candidate_code))


def _seat_page(
    sitting: Sitting,
    candidate: Candidate,
    *,
    form: FreezeForm | None = None,
    dismissals: Mapping[str, DismissForm] | None = None,
) -> str:
    attempt = attempt_of(candidate)
    alarms, frozen = alarms_of(attempt) if attempt else [], freeze_of(candidate)
    return render_template(
        "invigilation/watch.html",
        sitting=sitting,
        candidate=candidate,
        attempt=attempt,
        alarms=alarms,
        dismissals={each.code: DismissForm(None, prefix=each.code) for each in alarms}
        | dict(dismissals or {}),
        events=events_of(attempt) if attempt else [],
        kept=evidence_of(attempt) if attempt else [],
        frozen=frozen,
        since=answers_since(frozen) if frozen else (0, None),
        takes_photos=rule_of(sitting) is not None,
        event_label=lambda kind: EventKind(kind).label,
        form=form or FreezeForm(None),
        tones=TONES,
        hands=HANDS,
    )


@watching.post("/<code>/alarms/<alarm_code>/seen")
@requires(Duty.INVIGILATE)
@writes
@once(".list_alarms")
def seen(code: str, alarm_code: str) -> ResponseReturnValue:
    """Say that somebody looks after an alarm."""
    alarm, form = _own_alarm(code, alarm_code), FlaskForm()
    candidate = alarm.attempt.candidate
    take_form(form, lambda: _seat_page(_sitting(code), candidate))
    mark_seen(alarm, by=current_person())
    flash(_("Noted: you are watching this seat. The alarm stays on the desk."), "success")
    return _to_seat(code, alarm.attempt.candidate.code)


@watching.post("/<code>/alarms/<alarm_code>/dismiss")
@requires(Duty.INVIGILATE)
@writes
@once(".list_alarms")
def dismiss_alarm(code: str, alarm_code: str) -> ResponseReturnValue:
    """Say that there is nothing in an alarm, and why."""
    alarm = _own_alarm(code, alarm_code)
    candidate = alarm.attempt.candidate
    form = DismissForm(prefix=alarm_code)
    take_form(form, lambda: _seat_page(_sitting(code), candidate, dismissals={alarm_code: form}))
    dismiss(alarm, form.reason.data, by=current_person())
    flash(_("The alarm is dismissed; your reason is on record."), "success")
    return _to_seat(code, alarm.attempt.candidate.code)


@watching.post("/<code>/candidates/<candidate_code>/freeze")
@requires(Duty.INVIGILATE)
@writes
@once(".seat", "candidate_code")
def freeze(code: str, candidate_code: str) -> ResponseReturnValue:
    """Freeze one seat and keep the evidence."""
    sitting = _sitting(code)
    candidate = _own(sitting, candidate_code)
    form = FreezeForm()
    take_form(form, lambda: _seat_page(sitting, candidate, form=form))
    freeze_seat(candidate, form.reason.data, by=current_person())
    flash(
        _("The seat is frozen. Time stands still, the evidence is kept; the questions go in half a minute."),
        "success",
    )
    return _to_seat(code, candidate_code)


@watching.post("/<code>/candidates/<candidate_code>/release")
@requires(Duty.INVIGILATE)
@writes
@once(".seat", "candidate_code")
def release(code: str, candidate_code: str) -> ResponseReturnValue:
    """Let a frozen seat go on."""
    sitting = _sitting(code)
    candidate, form = _own(sitting, candidate_code), FlaskForm()
    take_form(form, lambda: _seat_page(sitting, candidate))
    release_seat(candidate, by=current_person())
    flash(_("The seat goes on; the time is given back, the evidence stays."), "success")
    return _to_seat(code, candidate_code)


@watching.get("/<code>/evidence/<evidence_code>")
@requires(Duty.INVIGILATE)
def show_evidence(code: str, evidence_code: str) -> ResponseReturnValue:
    """Show what was kept when a seat was frozen, and whether it is unchanged."""
    sitting = _sitting(code)
    evidence = get_evidence(sitting, evidence_code)
    _own(sitting, evidence.attempt.candidate.code)
    content, is_unchanged = read_evidence(evidence)
    return render_template(
        "invigilation/evidence.html",
        sitting=sitting,
        candidate=evidence.attempt.candidate,
        evidence=evidence,
        content=content,
        is_unchanged=is_unchanged,
        event_label=lambda kind: EventKind(kind).label,
        hands=HANDS,
    )


def _to_seat(code: str, candidate_code: str) -> ResponseReturnValue:
    return redirect(url_for(".seat", code=code, candidate_code=candidate_code))
