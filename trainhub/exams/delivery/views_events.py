"""Where a candidate's page tells what it noticed: strict in form, limited in size and rate."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from trainhub.exams.delivery.api import api, own_attempt, presented_token
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.noticing import note_events, read_noticed
from trainhub.kernel.access import open_to_all
from trainhub.kernel.db import writes
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l
from trainhub.people.limits import limiter

LARGEST_PACKET = 16_384


def machine() -> str:
    """Name the machine that asks by its token, so that a limit counts machines and not the room's address."""
    return hash_token(presented_token())


@api.post("/events")
@open_to_all("the attempt's token says who asks")
@limiter.limit("30 per minute", key_func=machine)
@writes
def events() -> ResponseReturnValue:
    """Keep what the page noticed; nothing follows from it by itself."""
    attempt = own_attempt()
    if (request.content_length or 0) > LARGEST_PACKET:
        raise Invalid(_l("A packet has a list of events and nothing else."))
    noticed = read_noticed(request.get_json(silent=True))
    kept = note_events(
        attempt,
        noticed,
        agent=request.user_agent.string,
        address=request.remote_addr or "",
    )
    return jsonify(kept=kept)
