"""Issuing: sheets are drawn and signed first, outside any transaction, and then entered in short deeds.

However often and by however many at once a sitting is issued, a result gets one certificate.
"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

from flask import current_app
from sqlalchemy import select

from trainhub import ledger, regulations
from trainhub.certificates.authority import ISSUER_NAME, prepare_authority
from trainhub.certificates.document import TITLE, Facts, draw
from trainhub.certificates.models import Certificate
from trainhub.certificates.neighbours import (
    publish_status,
    require_other_person,
    require_published,
    state_issued,
)
from trainhub.certificates.numbers import new_number
from trainhub.certificates.register import is_theory_only, open_results
from trainhub.exams.marking.models import Result
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel import clock, storage
from trainhub.kernel.db import after_commit, db, lock, transaction
from trainhub.kernel.documents.identity import SigningFiles
from trainhub.kernel.documents.signing import sign
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _, _l, for_any_reader
from trainhub.people.messages import tell
from trainhub.people.models import Organisation, OrganisationKind, Person

BATCH = 10
"""Certificates entered in one deed, a tenth of a second."""


@dataclass(frozen=True)
class Draft:
    """What a certificate will say, taken from the register before anything is drawn."""

    result_id: int
    facts: Facts


@dataclass(frozen=True)
class Signed:
    """A drawn and signed sheet, kept as a file and not yet entered."""

    draft: Draft
    document_key: str
    document_hash: str


def require_issuable(sitting: Sitting, *, by: Person) -> None:
    """Check that certificates may be issued for a sitting by this person.

    Raises:
        Conflict: passing the theory is not passing yet, nothing waits, or a result is not what was published.
        Refused: the person published these results (S-14).
    """
    if not is_theory_only(sitting):
        raise Conflict(
            _("Theory passed, practical part open: a certificate follows when both parts are passed.")
        )
    results = list(db.session.scalars(open_results(sitting)))
    if not results:
        raise Conflict(_("No passed and published result of this sitting waits for a certificate."))
    for publisher in sorted({result.published_by_id for result in results if result.published_by_id}):
        require_other_person(publisher, by)
    require_published(results, sitting)


def drafts_for(sitting: Sitting) -> list[Draft]:
    """Return what the certificates of a sitting's open results will say, each with a new number."""
    issued_on = clock.today()
    authority = _authority_name(sitting)
    valid_to = last_day(issued_on, _valid_months(sitting, issued_on))
    named = regulations.qualification(sitting.qualification, on=clock.local_day(sitting.starts_at))
    national = str(regulations.value("certificate.national.lookup", on=issued_on))
    public_url = current_app.config["SETTINGS"].public_url
    drafts = []
    for result in db.session.scalars(open_results(sitting)):
        number = new_number(issued_on)
        facts = Facts(
            number=number,
            holder=db.session.get_one(Person, result.person_id).name,
            qualification=named.name_zh,
            qualification_en=named.name_en,
            examined_on=clock.local_day(sitting.starts_at),
            site=sitting.site.name,
            issued_on=issued_on,
            valid_to=valid_to,
            authority=authority,
            verify_url=f"{public_url}/verify/{number}",
            verify_page=f"{public_url}/verify",
            national_lookup=national,
        )
        drafts.append(Draft(result.id, facts))
    return drafts


def draw_and_sign(draft: Draft, files: SigningFiles) -> Signed:
    """Make the file of a certificate and keep it; no database is touched."""
    document = sign(draw(draft.facts), files, signer=ISSUER_NAME, reason=TITLE)
    key = storage.put(BytesIO(document), ".pdf")
    return Signed(draft, key, hashlib.sha256(document).hexdigest())


def enter(signed: Signed, *, by: Person) -> Certificate | None:
    """Enter a signed certificate into the register.

    Returns:
        The certificate, or None if the result has got one meanwhile or no longer counts; the file is thrown
        away.

    Raises:
        Refused: the person published the result (S-14).
        Conflict: it is not what was published.
    """
    lock("result", signed.draft.result_id)
    result = db.session.get_one(Result, signed.draft.result_id)
    sitting = db.session.get_one(Sitting, result.sitting_id)
    still_open = open_results(sitting).where(Result.id == result.id)
    if db.session.scalar(still_open.with_only_columns(Result.id)) is None:
        after_commit(lambda: storage.remove(signed.document_key))
        return None
    require_other_person(result.published_by_id, by)
    require_published([result], sitting)
    state_issued(sitting, by=by)
    certificate = _row(signed, result, sitting, by)
    db.session.add(certificate)
    db.session.flush()
    _record(certificate, by)
    return certificate


def issue_for_sitting(
    sitting_code: str,
    by_id: str,
    told: Callable[[int, int], None] = lambda _done, _total: None,
    ended: Callable[[], object] = lambda: None,
) -> int:
    """Issue all certificates that wait in a sitting; call it outside any transaction.

    Args:
        sitting_code: which sitting.
        by_id: who issues.
        told: is told how many of how many are done.
        ended: is called in the deed that issues the last of them.

    Returns:
        How many certificates were issued now.
    """
    with transaction():
        sitting = sitting_by_code(sitting_code)
        require_issuable(sitting, by=db.session.get_one(Person, by_id))
        drafts = drafts_for(sitting)
    files = prepare_authority()
    count = 0
    for batch in _batches(drafts):
        signed = [draw_and_sign(draft, files) for draft in batch]
        with transaction():
            by = db.session.get_one(Person, by_id)
            count += sum(enter(each, by=by) is not None for each in signed)
            if batch[-1] is drafts[-1]:
                ended()
        told(min(len(drafts), drafts.index(batch[-1]) + 1), len(drafts))
    return count


def sitting_by_code(code: str, *, centres: Sequence[int] | None = None) -> Sitting:
    """Return a sitting by code.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    statement = select(Sitting).where(Sitting.code == code)
    if centres is not None:
        statement = statement.where(Sitting.organisation_id.in_(centres))
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such sitting."))
    return found


def last_day(first: date, months: int) -> date:
    """Return the last day of a validity of some months that begins on a day."""
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def _valid_months(sitting: Sitting, on: date) -> int:
    return int(regulations.value(f"certificate.valid_months.{sitting.qualification}", on=on))


def _authority_name(sitting: Sitting) -> str:
    authority = select(Organisation).where(Organisation.kind == OrganisationKind.AUTHORITY)
    found = db.session.scalars(authority.order_by(Organisation.id)).first()
    return found.name if found is not None else sitting.organisation.name


def _batches(drafts: list[Draft]) -> Iterator[list[Draft]]:
    for start in range(0, len(drafts), BATCH):
        yield drafts[start : start + BATCH]


def _row(signed: Signed, result: Result, sitting: Sitting, by: Person) -> Certificate:
    facts = signed.draft.facts
    return Certificate(
        number=facts.number,
        result_id=result.id,
        sitting_id=sitting.id,
        person_id=result.person_id,
        holder_name=facts.holder,
        qualification=sitting.qualification,
        issued_on=facts.issued_on,
        valid_to=facts.valid_to,
        document_key=signed.document_key,
        document_hash=signed.document_hash,
        issued_by_id=by.id,
        issued_at=clock.now(),
    )


def _record(certificate: Certificate, by: Person) -> None:
    ledger.append(
        "certificate.issued",
        by=by,
        side="exam",
        number=certificate.number,
        result=certificate.result_id,
        person=certificate.person_id,
        document=certificate.document_hash,
        valid_to=certificate.valid_to,
    )
    person = db.session.get_one(Person, certificate.person_id)
    publish_status(certificate, by=by)
    with for_any_reader():
        text = _("Your certificate %(number)s is issued. Sign in to download it.", number=certificate.number)
    tell(person, "certificate.issued", text)
