"""The camera of a candidate's page: asked first, then a few photographs; without one the exam goes on."""

from __future__ import annotations

import base64
import binascii

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from trainhub.exams.delivery.api import api, own_attempt, presented_token
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.models import AttemptState
from trainhub.exams.delivery.models_watch import PhotoMoment
from trainhub.exams.delivery.photos import (
    consent_of,
    keep_photo,
    note_consent,
    still_to_take,
    takes_random_photos,
)
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _l
from trainhub.people.limits import limiter

LARGEST_PHOTO = 700_000
EXAM_PAGE = "delivery.attempt"


def machine() -> str:
    """Name the machine that asks by its token, so that a limit counts machines and not the room's address."""
    return hash_token(presented_token())


@api.after_app_request
def _let_the_exam_page_use_it(response: Response) -> Response:
    """Allow the camera to the exam page alone; every other page stays without."""
    if request.endpoint == EXAM_PAGE:
        response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), payment=()"
    return response


@api.post("/camera")
@open_to_all("the attempt's token says who asks")
@limiter.limit("20 per minute", key_func=machine)
@writes
def ask() -> ResponseReturnValue:
    """Tell whether photographs are wanted, and keep what the candidate said about them."""
    attempt = own_attempt()
    data = request.get_json(silent=True)
    if not isinstance(data, dict) or data.keys() != {"agrees"} or data["agrees"] not in (True, False, None):
        raise Invalid(_l("Say whether you agree, and nothing else."))
    candidate = attempt.candidate
    if data["agrees"] is not None and takes_random_photos(candidate.sitting):
        note_consent(candidate, data["agrees"] is True)
    return jsonify(wanted=still_to_take(candidate), agrees=consent_of(candidate))


@api.post("/photo")
@open_to_all("the attempt's token says who asks")
@limiter.limit("6 per minute", key_func=machine)
@writes
def photo() -> ResponseReturnValue:
    """Keep a photograph that the candidate's page took at a random moment."""
    attempt = own_attempt()
    if attempt.state in (AttemptState.ADMITTED, AttemptState.HANDED_IN):
        raise Conflict(_l("The exam has not begun for you, or is over."))
    if (request.content_length or 0) > LARGEST_PHOTO:
        raise Invalid(_l("This photograph is too large."))
    data = request.get_json(silent=True)
    text = data.get("jpeg") if isinstance(data, dict) and data.keys() == {"jpeg"} else None
    if not isinstance(text, str):
        raise Invalid(_l("This photograph is broken. Take it again."))
    try:
        sent = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(_l("This photograph is broken. Take it again.")) from None
    keep_photo(attempt.candidate, PhotoMoment.RANDOM, sent)
    return jsonify(wanted=still_to_take(attempt.candidate))
