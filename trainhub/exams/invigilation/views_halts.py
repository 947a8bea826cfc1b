"""Pages of pauses and suspensions: what stands still, how it goes on, and what it means for candidates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from trainhub import regulations
from trainhub.exams import delivery, papers
from trainhub.exams.delivery import Halt, HaltKind
from trainhub.exams.invigilation import forms
from trainhub.exams.invigilation.access import is_in_charge, rooms_of, sitting_of
from trainhub.exams.invigilation.closing import room_of
from trainhub.exams.invigilation.halting import go_on, shown_halts, stand_still
from trainhub.exams.invigilation.measures import give_all_extra_time
from trainhub.exams.invigilation.sending import answered, once
from trainhub.exams.sittings import Sitting, SittingRoom, room_of_candidate
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

PlaceForm = TypeVar("PlaceForm", forms.HaltForm, forms.ExtensionForm, forms.SuspensionForm)

halting = Blueprint("halting", __name__, url_prefix="/exam/desk")


def _sitting(code: str) -> Sitting:
    return sitting_of(code, current_person(), Duty.INVIGILATE)


@halting.get("/<code>/halts")
@requires(Duty.INVIGILATE)
def list_halts(code: str) -> ResponseReturnValue:
    """Show what stands still and stood still, and what can be done about it."""
    sitting = _sitting(code)
    return _page(sitting)


@halting.post("/<code>/halts/pause")
@requires(Duty.INVIGILATE)
@writes
@once(".list_halts")
def pause(code: str) -> ResponseReturnValue:
    """Pause a room or the sitting for a fault."""
    sitting = _sitting(code)
    form = _halt_form(sitting)

    def cover() -> None:
        room = _room(sitting, form.room.data)
        stand_still(sitting, HaltKind.PAUSE, form.reason, room=room, by=current_person())
        flash(_("Time stands still. The questions are covered within half a minute."), "success")

    return _done(sitting, form, cover, form=form)


@halting.post("/<code>/halts/suspend")
@requires(Duty.INVIGILATE)
@writes
@once(".list_halts")
def suspend(code: str) -> ResponseReturnValue:
    """Break a room or the sitting off: power cut, fire."""
    sitting = _sitting(code)
    form = _suspension_form(sitting)

    def break_off() -> None:
        room, resumes_at = _room(sitting, form.room.data), _moment(form.resumes_at.data)
        by, kind = current_person(), HaltKind.SUSPENSION
        stand_still(sitting, kind, form.reason, room=room, resumes_at=resumes_at, by=by)
        flash(_("Broken off. Time stands still and no machine can write until it goes on."), "success")

    return _done(sitting, form, break_off, suspension_form=form)


@halting.post("/<code>/halts/extend")
@requires(Duty.INVIGILATE)
@writes
@once(".list_halts")
def extend(code: str) -> ResponseReturnValue:
    """Give a room or the sitting more time for a fault."""
    sitting = _sitting(code)
    form = _extension_form(sitting)

    def give() -> None:
        room, minutes = _room(sitting, form.room.data), form.minutes.data
        count = give_all_extra_time(sitting, room, minutes, form.reason, by=current_person())
        told = ngettext(
            "%(minutes)s min more for %(num)s candidate.",
            "%(minutes)s min more for %(num)s candidates.",
            count,
            minutes=minutes,
        )
        flash(told, "success")

    return _done(sitting, form, give, extension_form=form)


@halting.post("/<code>/halts/<halt_code>/resume")
@requires(Duty.INVIGILATE)
@writes
@once(".list_halts")
def resume(code: str, halt_code: str) -> ResponseReturnValue:
    """Let what stands still go on."""
    sitting = _sitting(code)
    form = forms.GoOnForm()
    halt = delivery.get_halt(sitting, halt_code)
    if not _is_mine(sitting, halt):
        raise NotFound(_l("There is no such pause in this sitting."))

    def let_run() -> None:
        count = go_on(halt, reserve=form.reserve.data, by=current_person())
        flash(ngettext("%(num)s candidate goes on.", "%(num)s candidates go on.", count), "success")

    return _done(sitting, form, let_run, go_on_form=form)


def _done(
    sitting: Sitting, sent: FlaskForm, deed: Callable[[], None], **shown: FlaskForm
) -> ResponseReturnValue:
    """Do what a form asks, and show the page again, with the form where something lacks."""
    then = url_for(".list_halts", code=sitting.code)
    return answered(sent, deed, lambda: _page(sitting, **shown), then)


def _is_mine(sitting: Sitting, halt: Halt) -> bool:
    """Tell whether what stands still is of a room of one's own, or of the sitting in one's charge."""
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    where = halt.sitting_room_id
    if halt.candidate_id is not None:
        where = room_of_candidate(halt.candidate_id)
    elif where is None:
        return is_in_charge(sitting, current_person())
    return mine is None or where in mine


def _mine(sitting: Sitting) -> list[SittingRoom]:
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    return [room for room in sitting.rooms if mine is None or room.id in mine]


def _room(sitting: Sitting, room_code: str) -> SittingRoom | None:
    if not room_code and is_in_charge(sitting, current_person()):
        return None
    room = room_of(sitting, room_code)
    if room not in _mine(sitting):
        raise NotFound(_l("There is no such room in this sitting."))
    return room


def _choices(sitting: Sitting) -> list[tuple[str, object]]:
    rooms: list[tuple[str, object]] = [(room.exam_room.code, room.name) for room in _mine(sitting)]
    whole = [("", _("The whole sitting"))] if is_in_charge(sitting, current_person()) else []
    return [*rooms, *whole]


def _halt_form(sitting: Sitting) -> forms.HaltForm:
    return _of_a_place(forms.HaltForm(prefix="pause"), _choices(sitting))


def _extension_form(sitting: Sitting) -> forms.ExtensionForm:
    return _of_a_place(forms.ExtensionForm(prefix="extend"), _choices(sitting))


def _suspension_form(sitting: Sitting) -> forms.SuspensionForm:
    """A fire is mostly everybody's: the whole sitting stands first where one may break it off."""
    *rooms, last = _choices(sitting)
    return _of_a_place(forms.SuspensionForm(prefix="suspend"), [last, *rooms])


def _of_a_place(form: PlaceForm, choices: list[tuple[str, object]]) -> PlaceForm:
    form.room.choices = choices
    form.room.data = form.room.data if form.is_submitted() else choices[0][0]
    return form


def _moment(wall: datetime | None) -> datetime | None:
    return None if wall is None else clock.from_local(wall)


def _page(
    sitting: Sitting,
    *,
    form: forms.HaltForm | None = None,
    extension_form: forms.ExtensionForm | None = None,
    suspension_form: forms.SuspensionForm | None = None,
    go_on_form: forms.GoOnForm | None = None,
) -> str:
    halts = delivery.halts_of(sitting)
    return render_template(
        "invigilation/halts.html",
        sitting=sitting,
        open_halts=shown_halts(sitting, [each for each in halts if each.ended_at is None]),
        past_halts=shown_halts(sitting, [each for each in halts if each.ended_at is not None]),
        mine={each.code for each in halts if _is_mine(sitting, each)},
        is_in_charge=is_in_charge(sitting, current_person()),
        form=form or _halt_form(sitting),
        extension_form=extension_form or _extension_form(sitting),
        suspension_form=suspension_form or _suspension_form(sitting),
        go_on_form=go_on_form or forms.GoOnForm(formdata=None),
        same_form_minutes=_same_form_minutes(sitting),
        is_reserve_sealed=sitting.reserve_paper_code is not None
        and not papers.is_ready(sitting.reserve_paper_code),
    )


def _same_form_minutes(sitting: Sitting) -> int:
    day = clock.local_day(sitting.starts_at)
    return int(regulations.value("exam.suspension.same_form_minutes", on=day))
