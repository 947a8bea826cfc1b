"""The register of issued certificates: finding them, and finding what waits to be issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import joinedload

from trainhub import regulations
from trainhub.certificates.models import Certificate
from trainhub.certificates.numbers import parse_number
from trainhub.exams.marking.models import Result, ResultState
from trainhub.exams.sittings.models import Objection, ObjectionState, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person


@dataclass(frozen=True)
class Waiting:
    """A sitting with passed and published results that have no certificate (待发证场次).

    Args:
        sitting: which.
        count: results that can be issued now.
        objected: results held back because the person says they did not sit.
        theory_only: whether passing the theory is passing; otherwise the practical part is open.
        own: how many of them the reader published and therefore may not issue.
    """

    sitting: Sitting
    count: int
    objected: int
    theory_only: bool
    own: int


def find_certificate(number: str, *, centres: Sequence[int] | None = None) -> Certificate:
    """Return a certificate by number, however it was typed.

    Args:
        number: as printed.
        centres: ids of the exam centres whose certificates the person may see; None in the house itself.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    parsed = parse_number(number)
    statement = select(Certificate).where(Certificate.number == (parsed or ""))
    if centres is not None:
        statement = statement.join(Certificate.sitting).where(Sitting.organisation_id.in_(centres))
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no certificate with this number."))
    return found


def issued(centres: Sequence[int], words: str = "", state: str = "") -> Select[Certificate]:
    """Return the selection of issued certificates of some centres, newest first.

    Args:
        centres: ids of exam centres.
        words: a number, a name or the code of a sitting; empty for all.
        state: valid, expired, revoked or empty for all.
    """
    statement = (
        select(Certificate)
        .join(Certificate.sitting)
        .options(joinedload(Certificate.sitting))
        .where(Sitting.organisation_id.in_(centres))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
    if words:
        number = parse_number(words) or words
        wanted = (Certificate.number == number) | (Certificate.holder_name == words) | (Sitting.code == words)
        statement = statement.where(wanted)
    return statement.where(*_in_state(state))


def _in_state(state: str) -> list[ColumnElement[bool]]:
    today = clock.today()
    conditions: dict[str, list[ColumnElement[bool]]] = {
        "revoked": [Certificate.revoked_at.is_not(None)],
        "expired": [Certificate.revoked_at.is_(None), Certificate.valid_to < today],
        "valid": [Certificate.revoked_at.is_(None), Certificate.valid_to >= today],
    }
    return conditions.get(state, [])


def own_certificates(person: Person) -> list[Certificate]:
    """Return a person's own certificates, newest first."""
    statement = select(Certificate).where(Certificate.person_id == person.id).order_by(Certificate.id.desc())
    return list(db.session.scalars(statement))


def own_certificate(person: Person, number: str) -> Certificate:
    """Return one of a person's own certificates.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = find_certificate(number)
    if found.person_id != person.id:
        raise NotFound(_l("There is no certificate with this number."))
    return found


def open_results(sitting: Sitting) -> Select[Result]:
    """Return a sitting's results that can get a certificate: passed, published, not objected to."""
    return _uncertified(sitting).where(~_objected()).order_by(Result.id)


def waiting_sittings(centres: Sequence[int], reader: Person) -> list[Waiting]:
    """Return the sittings of some centres in which results wait for a certificate, oldest first."""
    statement = (
        select(Sitting)
        .where(
            Sitting.organisation_id.in_(centres),
            exists().where(Result.sitting_id == Sitting.id, *_passed(), ~_certified()),
        )
        .order_by(Sitting.starts_at, Sitting.id)
    )
    return [_waiting(sitting, reader) for sitting in db.session.scalars(statement)]


def certified_without_pass(centres: Sequence[int]) -> list[Certificate]:
    """Return the certificates of some centres that still stand although the result is no pass any more."""
    statement = (
        select(Certificate)
        .join(Result, Result.id == Certificate.result_id)
        .join(Sitting, Sitting.id == Certificate.sitting_id)
        .where(Sitting.organisation_id.in_(centres), Certificate.revoked_at.is_(None), ~Result.passed)
        .order_by(Certificate.id)
    )
    return list(db.session.scalars(statement))


def is_theory_only(sitting: Sitting) -> bool:
    """Tell whether passing the sitting's theory is all that its qualification asks."""
    day = clock.local_day(sitting.starts_at)
    return not regulations.qualification(sitting.qualification, on=day).has_practical


def _waiting(sitting: Sitting, reader: Person) -> Waiting:
    ready = open_results(sitting).order_by(None).subquery()
    count = db.session.scalar(select(func.count()).select_from(ready)) or 0
    own = db.session.scalar(
        select(func.count()).select_from(ready).where(ready.c.published_by_id == reader.id)
    )
    everything = _uncertified(sitting).subquery()
    total = db.session.scalar(select(func.count()).select_from(everything)) or 0
    return Waiting(sitting, count, total - count, is_theory_only(sitting), own or 0)


def _uncertified(sitting: Sitting) -> Select[Result]:
    return select(Result).where(Result.sitting_id == sitting.id, *_passed(), ~_certified())


def _passed() -> tuple[ColumnElement[bool], ...]:
    return (Result.state == ResultState.PUBLISHED, Result.passed.is_(True), Result.part == "theory")


def _certified() -> ColumnElement[bool]:
    """Tell of a result whether it has got its certificate; one that a lost pass ended does not count."""
    return exists().where(Certificate.result_id == Result.id, ~Certificate.pass_was_lost)


def _objected() -> ColumnElement[bool]:
    return exists().where(
        Objection.candidate_id == Result.candidate_id, Objection.state == ObjectionState.OPEN
    )
