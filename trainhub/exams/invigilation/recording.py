"""Pages of the written record: incidents by two people, the room record at the end, the inspector's notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.invigilation import forms
from trainhub.exams.invigilation.access import own_candidate, rooms_of, sitting_of
from trainhub.exams.invigilation.closing import (
    close_desk,
    numbers_of,
    records_of,
    room_of,
    sign_room_record,
)
from trainhub.exams.invigilation.deciding import number_undecided
from trainhub.exams.invigilation.desk_page import desk_page, what_who_looks_sees
from trainhub.exams.invigilation.incidents import (
    confirm_incident,
    get_incident,
    incidents_of,
    record_incident,
    withdraw_incident,
)
from trainhub.exams.invigilation.inspection import FINDINGS, POINTS, note_inspection, notes_of
from trainhub.exams.invigilation.models import Incident, IncidentKind, Told
from trainhub.exams.invigilation.sending import answered, once
from trainhub.exams.invigilation.wording import seat_of
from trainhub.exams.sittings import Sitting, SittingRoom, candidates_of
from trainhub.governance.guards import requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

recording = Blueprint("recording", __name__, url_prefix="/exam/desk")


def _sitting(code: str) -> Sitting:
    return sitting_of(code, current_person(), Duty.INVIGILATE)


@recording.get("/<code>/incidents")
@requires(Duty.INVIGILATE)
def list_incidents(code: str) -> ResponseReturnValue:
    """Show what happened, and record more."""
    sitting = _sitting(code)
    form = _incident_form(sitting)
    form.candidate.data = request.args.get("candidate", "")
    return _incidents_page(sitting, form)


@recording.post("/<code>/incidents")
@requires(Duty.INVIGILATE)
@writes
@once(".list_incidents")
def add_incident(code: str) -> ResponseReturnValue:
    """Record what happened, as the first of two."""
    sitting = _sitting(code)
    form = _incident_form(sitting)

    def keep() -> None:
        by, code_of = current_person(), form.candidate.data
        about = own_candidate(sitting, code_of, by) if code_of else None
        kind, ends = IncidentKind(form.kind.data), form.ends_attempt.data
        record_incident(sitting, about, kind, form.description.data, ends_attempt=ends, by=by)
        flash(_("The record is kept. It counts once a second person has confirmed it."), "success")

    return answered(form, keep, lambda: _incidents_page(sitting, form), url_for(".list_incidents", code=code))


@recording.post("/<code>/incidents/<incident_code>/confirm")
@requires(Duty.INVIGILATE)
@writes
@once(".list_incidents")
def confirm(code: str, incident_code: str) -> ResponseReturnValue:
    """Stand for a record as the second person."""
    sitting = _sitting(code)
    incident = _own_incident(sitting, incident_code)
    form = forms.ConfirmForm()

    def stand_for_it() -> None:
        confirm_incident(incident, Told(form.told.data), by=current_person())
        flash(_("The record is confirmed."), "success")

    def page() -> str:
        return _incidents_page(sitting, confirmations={incident_code: form})

    return answered(form, stand_for_it, page, url_for(".list_incidents", code=code))


@recording.post("/<code>/incidents/<incident_code>/withdraw")
@requires(Duty.INVIGILATE)
@writes
@once(".list_incidents")
def withdraw(code: str, incident_code: str) -> ResponseReturnValue:
    """Withdraw a record that nobody has confirmed."""
    sitting = _sitting(code)
    incident = _own_incident(sitting, incident_code)
    form = _withdraw_form(incident)

    def take_back() -> None:
        withdraw_incident(incident, form.reason.data, by=current_person())
        flash(_("The record is withdrawn. It stays here with your reason and counts for nothing."), "success")

    def page() -> str:
        return _incidents_page(sitting, withdrawals={incident_code: form})

    return answered(form, take_back, page, url_for(".list_incidents", code=code))


def _own_incidents(sitting: Sitting) -> list[Incident]:
    """Return what happened in one's own rooms, and what is about nobody in particular."""
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    found = [(each, each.candidate) for each in incidents_of(sitting)]
    return [row for row, about in found if mine is None or about is None or about.sitting_room_id in mine]


def _withdraw_form(incident: Incident, **given: Any) -> forms.WithdrawForm:
    return forms.WithdrawForm(**given, prefix=f"withdraw-{incident.code}")


def _own_incident(sitting: Sitting, code: str) -> Incident:
    incident = get_incident(sitting, code)
    if incident not in _own_incidents(sitting):
        raise NotFound(_l("There is no such record in this sitting."))
    return incident


def _own_rooms(sitting: Sitting) -> list[SittingRoom]:
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    return [room for room in sitting.rooms if mine is None or room.id in mine]


def _incident_form(sitting: Sitting, **given: Any) -> forms.IncidentForm:
    form = forms.IncidentForm(**given)
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    own = [each for each in candidates_of(sitting) if mine is None or each.sitting_room_id in mine]
    seated = sorted(
        (each for each in own if each.seat_number),
        key=lambda each: (each.sitting_room_id or 0, each.seat_number or 0),
    )
    form.candidate.choices = [("", _("No one in particular"))] + [
        (each.code, f"{seat_of(each)} · {each.person.name}") for each in seated
    ]
    return form


def _incidents_page(
    sitting: Sitting,
    form: forms.IncidentForm | None = None,
    *,
    confirmations: Mapping[str, forms.ConfirmForm] | None = None,
    withdrawals: Mapping[str, forms.WithdrawForm] | None = None,
) -> str:
    """Return the page of records with the forms that were sent and are to be mended, by the record's code."""
    incidents = _own_incidents(sitting)
    return render_template(
        "invigilation/incidents.html",
        sitting=sitting,
        incidents=incidents,
        withdrawals={each.code: _withdraw_form(each, formdata=None) for each in incidents}
        | dict(withdrawals or {}),
        confirmations=confirmations or {},
        form=form or _incident_form(sitting, formdata=None),
        person=current_person(),
        kinds=IncidentKind,
        told=Told,
    )


@recording.post("/<code>/close")
@requires(Duty.INVIGILATE)
@writes
@once(".record")
def close(code: str) -> ResponseReturnValue:
    """Close a sitting whose time is over."""
    sitting, person = _sitting(code), current_person()
    form = forms.CloseForm()

    def end() -> None:
        of = rooms_of(sitting, person, Duty.INVIGILATE)
        sealed = close_desk(sitting, abandoned=form.abandoned.data, of_rooms=of, by=person)
        message = ngettext(
            "The sitting is closed; %(num)s open paper was handed in by the server.",
            "The sitting is closed; %(num)s open papers were handed in by the server.",
            sealed,
        )
        flash(message, "success")
        if waiting := number_undecided(sitting):
            flash(_late_message(waiting), "warning")

    return answered(form, end, lambda: desk_page(sitting, end_form=form), url_for(".record", code=code))


def _late_message(count: int) -> str:
    return ngettext(
        "Late answers of %(num)s candidate are to be decided.",
        "Late answers of %(num)s candidates are to be decided.",
        count,
    )


@recording.get("/<code>/record")
@requires(Duty.INVIGILATE)
def record(code: str) -> ResponseReturnValue:
    """Show each room's numbers and signatures."""
    return _record_page(_sitting(code))


@recording.post("/<code>/record/<room_code>")
@requires(Duty.INVIGILATE)
@writes
@once(".record")
def sign(code: str, room_code: str) -> ResponseReturnValue:
    """Sign a room's record."""
    sitting, form = _sitting(code), forms.SignForm()
    room = room_of(sitting, room_code)
    form.remarks.id = f"remarks-{room.id}"
    if room not in _own_rooms(sitting):
        raise NotFound(_l("There is no such room in this sitting."))

    def put_name() -> None:
        sign_room_record(sitting, room, form.remarks.data or "", by=current_person())
        flash(_("Signed."), "success")

    return answered(
        form, put_name, lambda: _record_page(sitting, {room.id: form}), url_for(".record", code=code)
    )


def _record_page(sitting: Sitting, sent: Mapping[int, forms.SignForm] | None = None) -> str:
    rooms = _own_rooms(sitting)
    return render_template(
        "invigilation/record.html",
        sitting=sitting,
        rooms=rooms,
        numbers=numbers_of(sitting),
        records=records_of(sitting),
        sign_forms={room.id: forms.SignForm(None) for room in rooms} | dict(sent or {}),
        person=current_person(),
    )


@recording.get("/<code>/inspection")
@requires(Duty.INSPECT)
def inspection(code: str) -> ResponseReturnValue:
    """Show the inspector the rooms as they are, and the notes."""
    sitting = sitting_of(code, current_person(), Duty.INSPECT)
    return _inspection_page(sitting, forms.InspectionForm())


@recording.post("/<code>/inspection")
@requires(Duty.INSPECT)
@writes
@once(".inspection")
def add_note(code: str) -> ResponseReturnValue:
    """Keep what the inspector saw."""
    sitting = sitting_of(code, current_person(), Duty.INSPECT)
    form = forms.InspectionForm()
    findings = {point: request.form.get(f"point-{point}", "not_seen") for point in POINTS}

    def keep() -> None:
        note_inspection(sitting, findings, form.remarks.data or "", by=current_person())
        flash(_("The note is kept."), "success")

    def page() -> str:
        return _inspection_page(sitting, form, findings)

    return answered(form, keep, page, url_for(".inspection", code=code))


def _inspection_page(
    sitting: Sitting, form: forms.InspectionForm, said: Mapping[str, str] | None = None
) -> str:
    return render_template(
        "invigilation/inspection.html",
        **what_who_looks_sees(sitting),
        notes=notes_of(sitting),
        form=form,
        points=POINTS,
        said=said or {},
        findings=FINDINGS,
    )
