"""What a player talks to: the film by ranges, beats, confirmations; for every room that shows films."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from trainhub.courses import viewing
from trainhub.courses.blueprint import courses
from trainhub.courses.films import index_of
from trainhub.courses.viewing import Answer, Started
from trainhub.courses.watched import watched_of
from trainhub.courses.wording import REASONS
from trainhub.kernel import storage
from trainhub.kernel.access import signed_in
from trainhub.kernel.db import db, transaction, writes
from trainhub.kernel.errors import Invalid, NotFound
from trainhub.kernel.film import FilmIndex, merge, serve_range
from trainhub.kernel.i18n import _l
from trainhub.people.sign_in import current_person


def started_json(started: Started) -> Response:
    """Tell the page's script where to fetch, where to beat, and what counts already."""
    row = started.viewing
    watched = watched_of(row.person_id, row.subject)
    film_url = None if row.film_id is None else url_for("courses.viewing_film", viewing_id=row.id)
    return jsonify(
        token=started.token,
        film_url=film_url,
        beat_url=url_for("courses.viewing_beat", viewing_id=row.id),
        confirm_url=url_for("courses.viewing_confirm", viewing_id=row.id),
        resume_at_s=started.resume_at_s,
        watched_s=len(watched),
        total_s=row.total_s,
        stretches=watched.stretches(row.total_s),
    )


def _answer_json(answer: Answer) -> Response:
    return jsonify(
        gained_s=answer.gained_s,
        watched_s=answer.watched_s,
        total_s=answer.total_s,
        stretches=answer.stretches,
        reason=answer.reason.value,
        message=str(REASONS[answer.reason]),
        confirm_code=answer.confirm_code,
    )


def _sent() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("token"), str):
        raise Invalid(_l("The page sent something that cannot be read."))
    return body


def _whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise Invalid(_l("The page sent something that cannot be read."))
    return value


@courses.post("/viewings/<viewing_id>/beat")
@signed_in
@writes
def viewing_beat(viewing_id: str) -> ResponseReturnValue:
    """Take a beat and answer what counts."""
    body = _sent()
    answer = viewing.beat(
        current_person(),
        viewing_id,
        body["token"],
        sequence=_whole(body, "sequence"),
        position_ms=_whole(body, "position_ms"),
    )
    return _answer_json(answer)


@courses.post("/viewings/<viewing_id>/confirm")
@signed_in
@writes
def viewing_confirm(viewing_id: str) -> ResponseReturnValue:
    """Take a person's confirmation of being there."""
    body = _sent()
    code = body.get("code")
    if not isinstance(code, str):
        raise Invalid(_l("The page sent something that cannot be read."))
    return _answer_json(viewing.confirm(current_person(), viewing_id, body["token"], code))


@courses.get("/viewings/<viewing_id>/film")
@signed_in
def viewing_film(viewing_id: str) -> ResponseReturnValue:
    """Hand out a film to a viewing and note which bytes went out."""
    film = viewing.own_viewing(viewing_id, current_person()).film
    if film is None:
        raise NotFound(_l("There is no such film."))
    index, path = index_of(film), storage.path(film.storage_key)
    application: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    notes = FetchNotes(index, lambda ranges: _note(application, viewing_id, ranges))
    return serve_range(path, index.media_type, on_sent=notes.sent, on_end=notes.flush)


def _note(application: Flask, viewing_id: str, ranges: list[tuple[int, int]]) -> None:
    with application.app_context():
        try:
            with transaction():
                viewing.note_fetched(viewing_id, ranges)
        finally:
            db.session.remove()


class FetchNotes:
    """Gathers the bytes of one answer and notes them whenever a part of the film has gone out whole."""

    def __init__(self, index: FilmIndex, note: Callable[[list[tuple[int, int]]], None]) -> None:
        self._ends = sorted(part.last_byte for part in index.parts)
        self._note = note
        self._unnoted: list[tuple[int, int]] = []

    def sent(self, first: int, last: int) -> None:
        """Take note of a piece."""
        self._unnoted.append((first, last))
        if any(first <= end <= last for end in self._ends):
            self.flush()

    def flush(self) -> None:
        """Write down what was not written yet."""
        if self._unnoted:
            self._note(merge(self._unnoted))
            self._unnoted = []
