"""Verifying: a number or a file, against the register and our own signature."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from trainhub.certificates.authority import root_certificate
from trainhub.certificates.examination import Examined, Verdict, Why, examine
from trainhub.certificates.models import Certificate, CertificateState
from trainhub.certificates.numbers import parse_number
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound

_BY_STATE = {
    CertificateState.REVOKED: (Verdict.REVOKED, Why.REVOKED),
    CertificateState.EXPIRED: (Verdict.EXPIRED, Why.EXPIRED),
    CertificateState.VALID: (Verdict.GENUINE, Why.WHOLE),
}


@dataclass(frozen=True)
class Finding:
    """What is to be thought of a number or a file.

    Args:
        verdict: genuine, altered, incomplete, foreign, revoked, expired or unreadable.
        why: the finding behind it.
        number: as the file says.
        certificate: as registered; None unless the file or number is really ours.
    """

    verdict: Verdict
    why: Why
    number: str | None = None
    certificate: Certificate | None = None


def verify_number(text: str) -> Finding | None:
    """Return what the register says of a number, or None if it knows none such."""
    number = parse_number(text)
    found = _registered(number)
    return None if found is None else Finding(*_BY_STATE[found.state], found.number, found)


def verify_pdf(data: bytes) -> Finding:
    """Return what is to be thought of a file: signature, wholeness, and whether it is what we issued.

    The file is examined before the register is asked, so that a slow file holds no transaction.
    """
    examined = examine(data, _root())
    if examined.verdict is not Verdict.GENUINE:
        return Finding(examined.verdict, examined.why, examined.number)
    found = _registered(parse_number(examined.number or ""))
    if found is None:
        return Finding(Verdict.FOREIGN, Why.NOT_IN_REGISTER, examined.number)
    if found.document_hash != hashlib.sha256(data).hexdigest():
        return Finding(Verdict.ALTERED, Why.NOT_WHAT_WE_ISSUED, examined.number)
    return Finding(*_BY_STATE[found.state], found.number, found)


def verify_offline(data: bytes, root: bytes, on: date) -> Examined:
    """Return what the file alone tells; a revocation cannot be known without the register."""
    examined = examine(data, root)
    if examined.verdict is not Verdict.GENUINE:
        return examined
    if examined.valid_to is not None and on > date.fromisoformat(examined.valid_to):
        return Examined(Verdict.EXPIRED, Why.EXPIRED, examined.number, examined.valid_to)
    return Examined(Verdict.GENUINE, Why.REGISTER_NOT_ASKED, examined.number, examined.valid_to)


def _root() -> bytes | None:
    try:
        return root_certificate()
    except NotFound:
        return None


def _registered(number: str | None) -> Certificate | None:
    return db.session.scalar(select(Certificate).where(Certificate.number == (number or "")))
