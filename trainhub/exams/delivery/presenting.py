"""What the page is told beside where the attempt stands: its order of the form, its answers."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from trainhub.exams.delivery.batch import look
from trainhub.exams.delivery.beacon import beacon_key, milliseconds
from trainhub.exams.delivery.deeds import Standing, standing
from trainhub.exams.delivery.form import length_of, read_form
from trainhub.exams.delivery.forms_prepared import PreparedForm, is_openable, pass_for, prepare_on_record
from trainhub.exams.delivery.holding import attempt_by_token
from trainhub.exams.delivery.models import Attempt, AttemptState, LateResponse, LateState, Response
from trainhub.exams.delivery.reading import newest_by_position
from trainhub.exams.delivery.watching import not_dealt_with
from trainhub.exams.sittings import SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db, glancing, reading
from trainhub.kernel.errors import NotSignedIn
from trainhub.kernel.i18n import _l


def opened(stands: Standing, token_hash: str, address: str) -> dict[str, Any]:
    """Return what a page needs to work: where it stands, the form's address, its order, its answers so far,
    and which answers could not be taken.

    Args:
        stands: after the beginning.
        token_hash: of the machine that asks; the address works for no other.
        address: of form documents.
    """
    if stands.facts["state"] == AttemptState.HANDED_IN:
        return completed(stands)
    answers: list[dict[str, Any]] = []
    refused: list[int] = []
    form = stands.form
    if form is None:
        with glancing() as connection:
            kept, answers = _as_kept(connection, stands.attempt_id)
            refused = _refused(connection, stands.attempt_id, answers)
        form = read_form(kept)
    document = prepare_on_record(stands.paper_code, stands.sitting_code)
    return stands.facts | {
        "form": {
            "address": f"{address}{document.code}?k={pass_for(document.code, token_hash)}",
            "order": document.order(form),
        },
        "answers": answers,
        "refused": refused,
        "beacon": stands.beacon,
    }


def seen(attempt_code: str, token_hash: str) -> dict[str, Any]:
    """Return where an attempt stands, and when its exam begins, to a page that waits or comes back.

    Raises:
        NotSignedIn: there is no token, it was withdrawn, or it belongs to another attempt than the page says.
    """
    with reading():
        connection = db.session.connection()
        sheet = look(connection, token_hash)
        if sheet is None or sheet.code != attempt_code:
            raise NotSignedIn(_l("This machine may not write to the exam. Ask the invigilator."))
        now = clock.now()
        facts = standing(sheet, now, beacon_key()).facts
        if sheet.state == AttemptState.HANDED_IN:
            facts |= counted(connection, sheet.attempt_id)
        paper_code = sheet.paper_code or sheet.sitting_paper
        may_start = (
            sheet.sitting_state == SittingState.OPEN
            and now >= sheet.starts_at
            and is_openable(paper_code, sheet.sitting_code)
        )
    return facts | {"may_start": may_start, "starts_at": milliseconds(sheet.starts_at)}


def prepared_for(token: str) -> PreparedForm | None:
    """Return the form document of the attempt that a machine's token belongs to, prepared now if need be.

    A process that did not answer the beginning may be asked for the document all the same.
    """
    with reading():
        attempt = attempt_by_token(token)
        if attempt is None or attempt.started_at is None:
            return None
        paper_code, sitting_code = attempt.paper_code, attempt.sitting.code
    return prepare_on_record(paper_code, sitting_code)


def completed(stands: Standing) -> dict[str, Any]:
    """Return where an attempt stands, and once it is handed in how much of it was answered."""
    if stands.facts["state"] != AttemptState.HANDED_IN:
        return stands.facts
    with glancing() as connection:
        return stands.facts | counted(connection, stands.attempt_id)


def counted(connection: Connection, attempt_id: int) -> dict[str, int]:
    """Return how many questions an attempt has, and how many were answered: late ones until refused."""
    columns = Attempt.__table__.c
    form, late = connection.execute(
        select(columns.form, columns.late_state).where(columns.id == attempt_id)
    ).one()
    shown = newest_by_position(connection, Response, attempt_id)
    if late in (LateState.PROVISIONAL, LateState.CONFIRMED):
        shown |= newest_by_position(connection, LateResponse, attempt_id)
    answered = sum(response is not None for response, _flag in shown.values())
    return {"answered": answered, "questions": length_of(form) if form else 0}


def _as_kept(connection: Connection, attempt_id: int) -> tuple[str, list[dict[str, Any]]]:
    form = connection.scalar(select(Attempt.__table__.c.form).where(Attempt.__table__.c.id == attempt_id))
    answers = [
        {"position": position, "response": response, "flagged": flagged}
        for position, (response, flagged) in newest_by_position(connection, Response, attempt_id).items()
    ]
    return form or "[]", answers


def _refused(connection: Connection, attempt_id: int, answers: list[dict[str, Any]]) -> list[int]:
    """Return the questions of which an answer could not be taken and has not been since: the page tells them.

    Evidence tells it, not the page's memory: that is of one window.
    """
    taken = {each["position"]: each["response"] for each in answers}
    refused = not_dealt_with(connection, attempt_id)
    return sorted({position for position, said in refused if not _says(said, taken.get(position))})


def _says(said: str, response: Any) -> bool:
    """Tell whether a change that was kept as text gave a response that stands now."""
    try:
        change = json.loads(said)
    except (ValueError, RecursionError):
        return False
    return response is not None and isinstance(change, dict) and change.get("response") == response
