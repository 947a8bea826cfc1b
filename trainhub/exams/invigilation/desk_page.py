"""The page of the rooms, seat by seat, as it is shown first and as it comes back with a form."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import render_template
from flask_wtf import FlaskForm

from trainhub.exams.invigilation import forms
from trainhub.exams.invigilation.access import rooms_of
from trainhub.exams.invigilation.answering import fresh_pass, pass_for_rooms
from trainhub.exams.invigilation.board import MARKS, STATES, desk_words
from trainhub.exams.invigilation.deciding import number_undecided
from trainhub.exams.invigilation.halting import standing_halts
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.live import board_of
from trainhub.exams.invigilation.models import IncidentKind
from trainhub.exams.sittings import Sitting
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


def desk_page(
    sitting: Sitting,
    acts_form: forms.ActForm | None = None,
    chosen: Collection[str] = (),
    *,
    end_form: FlaskForm | None = None,
) -> str:
    """Return the page of a sitting's rooms for the signed-in invigilator.

    Args:
        sitting: which.
        acts_form: what was asked for the chosen seats and is to be mended; None: nothing yet.
        chosen: codes of the candidates whose seats were chosen.
        end_form: what was asked about the end of the sitting and could not be done.
    """
    mine = rooms_of(sitting, current_person(), Duty.INVIGILATE)
    return render_template(
        "invigilation/desk.html",
        sitting=sitting,
        board=board_of(sitting).of(mine),
        states=STATES,
        marks=MARKS,
        words=desk_words(),
        halts=standing_halts(sitting),
        undecided=number_undecided(sitting),
        acts_form=acts_form or forms.ActForm(formdata=None),
        chosen=chosen,
        end_form=end_form or forms.CloseForm(formdata=None),
        desk_pass=fresh_pass(pass_for_rooms(sitting, mine)),
    )


def what_who_looks_sees(sitting: Sitting) -> dict[str, Any]:
    """Return what a page shows of a sitting to who sees all its rooms and does nothing there."""
    return {
        "sitting": sitting,
        "board": board_of(sitting),
        "states": STATES,
        "marks": MARKS,
        "words": desk_words(),
        "desk_pass": fresh_pass(pass_for_rooms(sitting, None)),
        "halts": standing_halts(sitting),
        "incidents": incidents_of(sitting),
        "kinds": IncidentKind,
    }
