"""Checking a proof report by the file and one certificate alone: no database, no question to us."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.reader import PdfFileReader

from trainhub.kernel.documents import examination
from trainhub.ledger.append import leaf_hash
from trainhub.separation.report import FORMAT, canonical
from trainhub.separation.report_signing import ALGORITHM, ATTACHMENT, key_name

MAXIMUM_BYTES = 64 * 1024 * 1024
_MARK = b"/Subject (proof-report "


class Verdict(StrEnum):
    """What a file is that claims to be a proof report."""

    GENUINE = "genuine"
    ALTERED = "altered"
    INCOMPLETE = "incomplete"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True)
class Checked:
    """What a check of a report found (核验结果).

    Args:
        verdict: genuine only if signature, coverage, leaves and inclusion proofs all hold.
        reason: in one sentence.
        report: what it says, if it is signed by whom we trust.
        leaves: how many leaf hashes were computed anew from their bodies.
        proofs: how many inclusion proofs hold against the head.
        head: the ledger's head that the report names.
        problems: what does not hold.
    """

    verdict: Verdict
    reason: str
    report: Mapping[str, Any] | None = None
    leaves: int = 0
    proofs: int = 0
    head: Mapping[str, Any] | None = None
    problems: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return the finding in the form that the command line prints."""
        report = self.report or {}
        return {
            "verdict": self.verdict.value,
            "reason": self.reason,
            "sitting": report.get("sitting"),
            "made_at": report.get("made_at"),
            "names": report.get("names"),
            "violations": report.get("audit", {}).get("violations"),
            "entries": len(report.get("ledger", {}).get("entries", ())),
            "leaves": self.leaves,
            "proofs": self.proofs,
            "head": self.head,
            "problems": list(self.problems),
        }


_REASONS: dict[Verdict, str] = {
    Verdict.ALTERED: "The file was changed after it was signed.",
    Verdict.INCOMPLETE: "Part of the file or its signature is missing.",
    Verdict.FOREIGN: "The signature is not that of the certificate.",
    Verdict.UNREADABLE: "This is no proof report, or it cannot be read.",
}


def check_report(data: bytes, certificate: bytes) -> Checked:
    """Tell what a report is: PDF or JSON.

    Args:
        data: the whole file.
        certificate: PEM, of the oversight side whom the reader trusts.

    Returns:
        A finding; never an exception, whatever the bytes are.
    """
    if len(data) > MAXIMUM_BYTES:
        return _bad(Verdict.UNREADABLE)
    return _check_pdf(data, certificate) if data.startswith(b"%PDF-") else _check_json(data, certificate)


def _bad(verdict: Verdict, reason: str = "") -> Checked:
    return Checked(verdict, reason or _REASONS[verdict])


def _check_pdf(data: bytes, certificate: bytes) -> Checked:
    verdict, _why = examination.examine(data, certificate, MAXIMUM_BYTES, claims=lambda file: _MARK in file)
    if verdict is not examination.Verdict.GENUINE:
        return _bad(Verdict(verdict.value))
    try:
        inner = attached(data)
    except Exception:  # a signed file without the attachment is none of our reports
        return _bad(Verdict.INCOMPLETE, "The PDF is signed, but carries no report.json.")
    return _check_json(inner, certificate)


def attached(data: bytes) -> bytes:
    """Return the JSON inside a PDF report.

    Raises:
        LookupError: there is none.
    """
    root = PdfFileReader(BytesIO(data)).root
    files = list(root["/Names"]["/EmbeddedFiles"]["/Names"])
    for name, place in zip(files[::2], files[1::2], strict=True):
        if str(name) == ATTACHMENT:
            return bytes(place.get_object()["/EF"]["/F"].data)
    raise LookupError(ATTACHMENT)


def _check_json(data: bytes, certificate: bytes) -> Checked:
    try:
        envelope = json.loads(data)
        report, signature = envelope["report"], envelope["signature"]
        value = base64.b64decode(signature["value"], validate=True)
        told = signature["certificate_sha256"]
        is_whole = (
            canonical(envelope) == data and signature["alg"] == ALGORITHM and set(envelope) == _ENVELOPE
        )
        signed = canonical(report)
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error):
        return _bad(Verdict.ALTERED if b'"certificate_sha256"' in data else Verdict.UNREADABLE)
    if not _signature_holds(certificate, value, signed):
        return _bad(Verdict.ALTERED if told == key_name(certificate) else Verdict.FOREIGN)
    if not is_whole or told != key_name(certificate) or report.get("format") != FORMAT:
        return _bad(Verdict.ALTERED)
    return _check_ledger(report)


_ENVELOPE = {"report", "signature"}


def _signature_holds(certificate: bytes, value: bytes, signed: bytes) -> bool:
    key = x509.load_pem_x509_certificate(certificate).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(value, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _check_ledger(report: Mapping[str, Any]) -> Checked:
    entries, head = report["ledger"]["entries"], report["ledger"]["head"]
    problems: list[str] = []
    leaves = sum(_leaf_holds(each, problems) for each in entries)
    proofs = 0
    if problems:
        reason = "The report is genuine, but what it says of the ledger does not hold."
        return Checked(Verdict.CONTRADICTED, reason, report, leaves, proofs, head, tuple(problems))
    reason = "The signature covers the whole report, and everything in it that can be computed anew holds."
    return Checked(Verdict.GENUINE, reason, report, leaves, proofs, head)


def _leaf_holds(entry: Mapping[str, Any], problems: list[str]) -> bool:
    """Compute a leaf anew from salt and body, where the report holds them."""
    if entry["body"] is None:
        return False
    holds = bool(leaf_hash(bytes.fromhex(entry["salt"]), entry["body"].encode()) == entry["leaf_hash"])
    if not holds:
        problems.append(f"{entry['leaf_hash'][:16]}: the body does not give this leaf")
    return holds
