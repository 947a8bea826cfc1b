"""Issuing a proof report: made by reading alone, signed, and on record in the ledger with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainhub import ledger
from trainhub.kernel.db import db, reading, transaction
from trainhub.people.models import Person
from trainhub.separation.naming import Names
from trainhub.separation.report_making import make_report
from trainhub.separation.report_signing import prepare_signer, signed_json, signed_pdf


@dataclass(frozen=True)
class Issued:
    """A signed proof report (已签名的证明报告).

    Args:
        report: plain values.
        pdf: signed, with the signed JSON inside.
        json: signed.
        certificate: file by which anybody checks both.
    """

    report: Mapping[str, Any]
    pdf: bytes
    json: bytes
    certificate: Path


def issue_report(
    sitting_code: str,
    *,
    names: Names,
    by: str | None,
    language: str | None = None,
    words: Mapping[str, Any] | None = None,
) -> Issued:
    """Make, sign and record the report of a sitting; nobody who writes waits meanwhile.

    Args:
        sitting_code: which sitting.
        names: how much of the names is shown.
        by: random id of who asked for it; None for the command line.
        language: zh_CN or en; that of the reader unless given.
        words: what the kinds of the ledger's entries are called.

    Raises:
        NotFound: the register knows no such sitting.
        Conflict: this process serves one wing.
    """
    with reading():
        report = make_report(sitting_code, names=names, language=language, by_id=by, words=words)
    files = prepare_signer()
    inner = signed_json(report, files)
    made = Issued(report, signed_pdf(report, inner, files), inner, files.certificate)
    with transaction():
        ledger.append(
            "report.made",
            by=None if by is None else db.session.get(Person, by),
            side="oversight",
            sitting=sitting_code,
            names=names.value,
            pdf=hashlib.sha256(made.pdf).hexdigest(),
            json=hashlib.sha256(made.json).hexdigest(),
        )
    return made
