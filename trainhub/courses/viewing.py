"""Watching, counted by the server: for lessons here, and for any room of the training wing that shows a film.

How another room lets a person watch a film to its end::

    film = films.take_film(file, title, organisation, by=person)
    films.look_into_later(film, by=person)
    started = viewing.start_viewing(person, "case:" + code, film=film, counts_hours=False)
    viewing.is_complete(person.id, "case:" + code)
    viewing.watched_seconds(person.id, "case:" + code)
    viewing.completed_by("case:" + code)      # {person id: when}

The subject names what is watched: room, colon, code. The routes for film, beats and confirmations
(``/training/viewings/<id>/…`` in ``views_viewing``) and the script ``courses-viewing.js`` serve every
subject; a page needs only the macro of ``courses/_player.html`` and its own POST that starts a viewing and
answers with ``views_viewing.started_json(started)``.

What may count is decided in ``hours``; here it meets the tables: one running viewing a person, a fresh
sequence, parts that were really fetched in this viewing, each second once, and the day's cap.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from trainhub.courses import hours
from trainhub.courses.counting import count_step, next_confirmation
from trainhub.courses.hours import Pace, Reason
from trainhub.courses.models import Film
from trainhub.courses.viewing_models import Fetch, Viewing
from trainhub.courses.watched import (
    completed_by,
    is_complete,
    watched_of,
    watched_seconds,
)
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person

__all__ = [
    "Answer",
    "Started",
    "beat",
    "completed_by",
    "confirm",
    "is_complete",
    "note_fetched",
    "own_viewing",
    "start_viewing",
    "watched_seconds",
]

EXPIRES_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class Started:
    """A viewing that has begun; the token is known to its page alone."""

    viewing: Viewing
    token: str
    resume_at_s: int


@dataclass(frozen=True)
class Answer:
    """What the server says to a beat: what it counted, and why not more.

    Args:
        gained_s: seconds that this beat added.
        watched_s: seconds of this film or text that count by now.
        total_s: seconds it has.
        stretches: which of them count, as (from, to).
        reason: why, or why not.
        confirm_code: what the page must send back when the person confirms being there.
    """

    gained_s: int
    watched_s: int
    total_s: int
    stretches: Sequence[tuple[int, int]]
    reason: Reason
    confirm_code: str | None = None


def start_viewing(
    person: Person,
    subject: str,
    *,
    film: Film | None = None,
    reading_s: int = 0,
    counts_hours: bool = True,
) -> Started:
    """Begin to watch a film or read a text; whatever this person was watching elsewhere ends now.

    Args:
        person: who watches.
        subject: what, such as ``lesson:`` and its code.
        film: the film, or None for a text.
        reading_s: the text's own time; nothing beyond it counts.
        counts_hours: whether it is learning time under the day's cap.
    """
    lock("learner", person.id)
    now = clock.now()
    running = select(Viewing).where(Viewing.person_id == person.id, Viewing.ended_at.is_(None))
    for other in db.session.scalars(running):
        other.ended_at = now
    total = film.seconds if film is not None else reading_s
    resume = min(watched_of(person.id, subject).first_missing(total), total)
    token = secrets.token_urlsafe(24)
    viewing = Viewing(
        id=random_id(),
        token_hash=_hash(token),
        person_id=person.id,
        subject=subject,
        film_id=None if film is None else film.id,
        total_s=total,
        counts_hours=counts_hours,
        started_at=now,
        beat_at=now,
        sequence=0,
        carried_ms=0,
        gained_s=0,
        anchor_ms=resume * 1000,
        run_from_ms=resume * 1000,
        confirm_at_s=None if film is not None else next_confirmation(0),
    )
    db.session.add(viewing)
    db.session.flush()
    return Started(viewing, token, resume if resume < total else 0)


def own_viewing(viewing_id: str, person: Person) -> Viewing:
    """Return a person's viewing.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = db.session.get(Viewing, viewing_id)
    if found is None or found.person_id != person.id:
        raise NotFound(_l("There is no such viewing of yours."))
    return found


def note_fetched(viewing_id: str, ranges: Iterable[tuple[int, int]]) -> None:
    """Record bytes of the film that were handed out to a viewing."""
    for first, last in ranges:
        db.session.add(Fetch(viewing_id=viewing_id, first_byte=first, last_byte=last))


def beat(person: Person, viewing_id: str, token: str, *, sequence: int, position_ms: int) -> Answer:
    """Take a page's word that the film plays (or the text is read), and count what can be believed.

    Args:
        person: who is signed in.
        viewing_id: which viewing.
        token: the viewing's secret, known to the page that started it.
        sequence: number of this beat, larger than all before it.
        position_ms: where the film stands; ignored for a text.

    Raises:
        NotFound: the viewing or the token is not this person's.
    """
    lock("learner", person.id)
    viewing = _checked(person, viewing_id, token)
    now = clock.now()
    refusal = _not_running(viewing, now) or (Reason.REPLAYED if sequence <= viewing.sequence else None)
    if refusal is not None:
        return _answer(viewing, 0, refusal)
    viewing.sequence = sequence
    if viewing.confirm_code is not None:
        _set_pace(viewing, hours.start_pace(now, viewing.anchor_ms))
        return _answer(viewing, 0, Reason.CONFIRM)
    step = _step(viewing, now, position_ms)
    _set_pace(viewing, step.pace)
    gained, reason = count_step(viewing, step, now)
    return _answer(viewing, gained, reason)


def confirm(person: Person, viewing_id: str, token: str, code: str) -> Answer:
    """Take the person's confirmation of being there; the time they let it wait does not count.

    Raises:
        NotFound: the viewing or the token is not this person's.
    """
    lock("learner", person.id)
    viewing = _checked(person, viewing_id, token)
    now = clock.now()
    refusal = _not_running(viewing, now)
    if refusal is not None:
        return _answer(viewing, 0, refusal)
    if viewing.confirm_code is None or not secrets.compare_digest(viewing.confirm_code, code.upper()):
        return _answer(viewing, 0, Reason.CONFIRM if viewing.confirm_code else Reason.REPLAYED)
    viewing.confirm_code = None
    viewing.confirm_at_s = next_confirmation(viewing.gained_s)
    _set_pace(viewing, hours.start_pace(now, viewing.anchor_ms))
    return _answer(viewing, 0, Reason.NOTHING_NEW)


def _checked(person: Person, viewing_id: str, token: str) -> Viewing:
    viewing = own_viewing(viewing_id, person)
    if not secrets.compare_digest(viewing.token_hash, _hash(token)):
        raise NotFound(_l("There is no such viewing of yours."))
    return viewing


def _not_running(viewing: Viewing, now: datetime) -> Reason | None:
    if viewing.ended_at is not None:
        return Reason.TAKEN_OVER
    if now - viewing.beat_at > EXPIRES_AFTER:
        return Reason.EXPIRED
    return None


def _step(viewing: Viewing, now: datetime, position_ms: int) -> hours.Step:
    pace = Pace(viewing.beat_at, viewing.carried_ms, viewing.anchor_ms, viewing.run_from_ms)
    if viewing.film_id is None:
        return hours.reading_step(pace, now)
    return hours.film_step(pace, now, max(0, min(position_ms, (viewing.total_s + 2) * 1000)))


def _set_pace(viewing: Viewing, pace: Pace) -> None:
    viewing.beat_at, viewing.carried_ms = pace.at, pace.carried_ms
    viewing.anchor_ms, viewing.run_from_ms = pace.anchor_ms, pace.run_from_ms


def _answer(viewing: Viewing, gained: int, reason: Reason) -> Answer:
    watched = watched_of(viewing.person_id, viewing.subject)
    stretches = watched.stretches(viewing.total_s)
    return Answer(gained, len(watched), viewing.total_s, stretches, reason, viewing.confirm_code)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
