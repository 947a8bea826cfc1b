"""Pages about photographs: taking one at check-in, comparing them, and whether a sitting takes any."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.delivery.models_watch import PhotoMoment
from trainhub.exams.delivery.photos import (
    consent_of,
    get_photo,
    jpeg_of,
    keep_photo,
    note_consent,
    photos_of,
    rule_of,
    set_rule,
)
from trainhub.exams.delivery.pictures import LARGEST_BYTES
from trainhub.exams.invigilation.access import own_candidate, sitting_of
from trainhub.exams.invigilation.forms_alarms import PhotoForm, PhotoRuleForm
from trainhub.exams.invigilation.sending import answered, once
from trainhub.exams.sittings import Candidate, Sitting
from trainhub.exams.sittings.access import own_sitting
from trainhub.governance.guards import requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import stand_in
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

photos = Blueprint("photos", __name__, url_prefix="/exam/desk")
photo_rules = Blueprint("photo_rules", __name__, url_prefix="/exam/photographs")


def _sitting(code: str) -> Sitting:
    return sitting_of(code, current_person(), Duty.INVIGILATE)


@photos.get("/<code>/candidates/<candidate_code>/photos")
@requires(Duty.INVIGILATE)
def compare(code: str, candidate_code: str) -> ResponseReturnValue:
    """Show a candidate's photographs side by side, and take one."""
    sitting = _sitting(code)
    return _page(sitting, own_candidate(sitting, candidate_code, current_person()), PhotoForm())


@photos.post("/<code>/candidates/<candidate_code>/photos")
@requires(Duty.INVIGILATE)
@writes
@once(".compare", "candidate_code")
def take(code: str, candidate_code: str) -> ResponseReturnValue:
    """Keep what a candidate said about photographs, and the one that was taken at the desk."""
    sitting = _sitting(code)
    candidate = own_candidate(sitting, candidate_code, current_person())
    form = PhotoForm()

    def keep() -> None:
        agrees = form.agrees.data == "yes"
        note_consent(candidate, agrees, by=current_person())
        if agrees and form.picture.data:
            sent = form.picture.data.stream.read(LARGEST_BYTES + 1)
            keep_photo(candidate, PhotoMoment.CHECK_IN, sent, by=current_person())
            flash(_("The photograph is kept, encrypted."), "success")
        else:
            flash(_("Kept: what the candidate said about photographs."), "success")

    then = url_for(".compare", code=code, candidate_code=candidate_code)
    return answered(form, keep, lambda: _page(sitting, candidate, form), then, "picture")


@photos.get("/<code>/photos/<photo_code>.jpg")
@requires(Duty.INVIGILATE)
def picture(code: str, photo_code: str) -> ResponseReturnValue:
    """Show one photograph."""
    sitting = _sitting(code)
    photo = get_photo(sitting, photo_code)
    own_candidate(sitting, photo.candidate.code, current_person())
    return Response(jpeg_of(photo), mimetype="image/jpeg")


def _page(sitting: Sitting, candidate: Candidate, form: PhotoForm) -> str:
    said = consent_of(candidate)
    if said is not None and form.agrees.data is None:
        form.agrees.data = "yes" if said else "no"
    return render_template(
        "invigilation/photos.html",
        sitting=sitting,
        candidate=candidate,
        photos=photos_of(candidate),
        rule=rule_of(sitting),
        said=said,
        form=form,
        days=_days(sitting),
    )


def _days(sitting: Sitting) -> int:
    return int(regulations.value("exam.photo.keep_days", on=clock.local_day(sitting.starts_at)))


@photo_rules.get("/<code>")
@requires(Duty.ARRANGE_SITTINGS)
def show(code: str) -> ResponseReturnValue:
    """Show whether a sitting takes photographs."""
    sitting = own_sitting(code)
    form = PhotoRuleForm(obj=rule_of(sitting), data=None if rule_of(sitting) else {"random_photos": 0})
    return _rule_page(sitting, form)


@photo_rules.post("/<code>")
@requires(Duty.ARRANGE_SITTINGS)
@writes
def decide(code: str) -> ResponseReturnValue:
    """Say whether a sitting takes photographs."""
    sitting = own_sitting(code)
    form = PhotoRuleForm()

    def keep() -> None:
        set_rule(sitting, form.at_check_in.data, form.random_photos.data, by=current_person())
        flash(_("Kept."), "success")

    return answered(form, keep, lambda: _rule_page(sitting, form), url_for(".show", code=code))


def _rule_page(sitting: Sitting, form: PhotoRuleForm) -> str:
    stand_in("exam", "sittings")
    return render_template("invigilation/photo_rule.html", sitting=sitting, form=form, days=_days(sitting))
