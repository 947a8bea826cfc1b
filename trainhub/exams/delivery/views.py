"""The candidate's pages: signing in at the machine, the exam itself, the check of a receipt."""

from __future__ import annotations

from datetime import timedelta

from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded

from trainhub.exams.delivery import evidence, photos, refusals, surroundings, views_camera, views_surroundings
from trainhub.exams.delivery.admission import enter
from trainhub.exams.delivery.api import api, presented_token
from trainhub.exams.delivery.checking import texts_of_the_check
from trainhub.exams.delivery.checkpoint import checkpoint
from trainhub.exams.delivery.forms import EntryForm
from trainhub.exams.delivery.gate import COOKIE, PATH
from trainhub.exams.delivery.holding import attempt_by_token
from trainhub.exams.delivery.late import confirming, takes_late_answers
from trainhub.exams.delivery.lengths import MEASURING
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.noticing import FORGETTING
from trainhub.exams.delivery.on_paper.against_ledger import deviating_readings
from trainhub.exams.delivery.page import page_context
from trainhub.exams.delivery.photos import takes_random_photos
from trainhub.exams.delivery.reading import check_receipt
from trainhub.exams.delivery.views_before import before
from trainhub.exams.delivery.views_on_paper import NAVIGATION, sheets
from trainhub.exams.delivery.watching import LOOKING
from trainhub.exams.delivery.work import open_work
from trainhub.exams.delivery.working import sweeping
from trainhub.kernel import clock
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import _
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.rooms import Room
from trainhub.kernel.sent_forms import stand_on
from trainhub.people.limits import limiter, refused_seldom, too_often
from trainhub.people.persons import id_number_of, phone_of
from trainhub.regulations import value

delivery = Blueprint("delivery", __name__, url_prefix="/exam")
views_surroundings.add_routes(delivery)

# Further calls of the candidate's page, each module adding its own to the blueprint of ``api``.
FURTHER_CALLS = (views_camera,)

COOKIE_LASTS_S = 24 * 3600
MACHINE = "machine"
RECEIPT_SHOWN_FOR = timedelta(minutes=15)


def _ticket_tried() -> str:
    """Count tries by ticket and address: whoever tries it elsewhere keeps nobody waiting in the room."""
    return f"{request.form.get('ticket_number', '').strip().upper()[:40]} {_address()}"


def _address() -> str:
    return surroundings.client_address(request.environ, current_app.config["SETTINGS"].proxies)


@delivery.get("/attempt")
@open_to_all("a candidate signs in with ticket and ID number")
def attempt() -> ResponseReturnValue:
    """Show the exam to the machine that holds its token, else the way in."""
    own = attempt_by_token(presented_token()) if presented_token() else None
    if own is None or _has_left(own):
        return _entry_page(EntryForm(), refused=False, left=own)
    # A browser that is sent here after signing in may still carry the hash of where it came from.
    surroundings.require(own.code, request.environ, pages=surroundings.ENTRY_PAGES)
    return _exam_page(own)


@delivery.post("/attempt")
@open_to_all("a candidate signs in with ticket and ID number")
def attempt_with_key() -> ResponseReturnValue:
    """Show the exam to a locked browser that cannot send its key along when it asks for a page."""
    own = attempt_by_token(presented_token())
    if own is None or _has_left(own):
        return redirect(url_for(".attempt"))
    surroundings.require(own.code, views_surroundings.environ_with_keys())
    return _exam_page(own)


@delivery.post("/attempt/enter")
@open_to_all("a candidate signs in with ticket and ID number")
@refused_seldom()
@limiter.limit("10 per minute", key_func=_ticket_tried)
@writes
def sign_in() -> ResponseReturnValue:
    """Sign a candidate in at this machine; the answer is the same whatever is wrong."""
    form = EntryForm()
    mark = session.get(MACHINE, "")
    found = None
    if form.validate_on_submit():
        stand_on(form, lambda: _entry_page(form, refused=False))
        found = enter(form.ticket_number.data, form.last_six.data, mark, presented_token(), _address())
    if found is None:
        return _entry_page(form, refused=True), 422
    own, token = found
    # Refused here, the token and all that goes with it are undone with the deed.
    pages = surroundings.ENTRY_PAGES
    surroundings.require(own.code, views_surroundings.environ_with_keys(), pages=pages)
    response = make_response(redirect(url_for(".attempt")))
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_LASTS_S,
        path=PATH,
        secure=current_app.config["SETTINGS"].secure_cookies,
        httponly=True,
        samesite="Strict",
    )
    return response


def _receipt_tried() -> str:
    return request.args.get("receipt", "").strip()[:40]


@delivery.get("/receipt")
@open_to_all("whoever holds a receipt may check it")
@refused_seldom()
@limiter.limit("10 per minute", key_func=_receipt_tried, exempt_when=lambda: not _receipt_tried())
def receipt() -> ResponseReturnValue:
    """Recompute a sealed journal and say whether it is what was handed in."""
    wanted = _receipt_tried()
    found = check_receipt(wanted) if wanted else None
    status = 404 if wanted and found is None else 200
    return render_template("delivery/receipt.html", wanted=wanted, found=found), status


@delivery.errorhandler(RateLimitExceeded)
def _entered_too_often(error: RateLimitExceeded) -> ResponseReturnValue:
    """Lead a candidate back to their own way in, not to that of the staff."""
    return too_often(error, back=(url_for("delivery.attempt"), _("To my exam")))


def _entry_page(form: EntryForm, *, refused: bool, left: Attempt | None = None) -> str:
    session.setdefault(MACHINE, random_id())
    may_hold = left is not None and "next" not in request.args and takes_late_answers(left)
    return render_template(
        "delivery/enter.html",
        form=form,
        refused=refused,
        texts=texts_of_the_check(),
        left=left.code if left is not None and may_hold else None,
    )


def _has_left(own: Attempt) -> bool:
    """Tell whether the machine is free for the next candidate: the last one handed in and saw the receipt."""
    if own.ended_at is None or "unsent" in request.args:
        return False
    return "next" in request.args or clock.now() - own.ended_at > RECEIPT_SHOWN_FOR


def _exam_page(own: Attempt) -> ResponseReturnValue:
    candidate = own.candidate
    return render_template(
        "delivery/attempt.html",
        attempt=own,
        candidate=candidate,
        sitting=candidate.sitting,
        id_number=id_number_of(candidate.person),
        has_number=phone_of(candidate.person) is not None,
        **page_context(),
        takes_photos=takes_random_photos(candidate.sitting),
        photo_days=value("exam.photo.keep_days", on=clock.local_day(candidate.sitting.starts_at)),
    )


room = Room(
    name="exams.delivery",
    side="exam",
    blueprints=(delivery, api, before, sheets),
    navigation=NAVIGATION,
    open_work=open_work,
    chores=(
        *(sweeping, confirming, MEASURING, LOOKING, FORGETTING, refusals.FORGETTING),
        *(evidence.TIDYING, evidence.SWEEPING, photos.DELETING, photos.SWEEPING),
    ),
    against_ledger=deviating_readings,
    gate=checkpoint,
)
