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

from trainhub.kernel.documents import examination
from trainhub.ledger.append import leaf_hash
from trainhub.ledger.signing import is_signed, key_id
from trainhub.ledger.tree import includes
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
        remark: what the reader should know although everything holds.
    """

    verdict: Verdict
    reason: str
    report: Mapping[str, Any] | None = None
    leaves: int = 0
    proofs: int = 0
    head: Mapping[str, Any] | None = None
    problems: tuple[str, ...] = field(default=())
    remark: str = ""

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
            "remark": self.remark,
        }


_REASONS: dict[Verdict, str] = {
    Verdict.ALTERED: "The file was changed after it was signed.",
    Verdict.INCOMPLETE: "Part of the file or its signature is missing.",
    Verdict.FOREIGN: "The signature is not that of the certificate.",
    Verdict.UNREADABLE: "This is no proof report, or it cannot be read.",
}


def check_report(data: bytes, certificate: bytes, ledger_key: bytes | None = None) -> Checked:
    """Tell what a report is: PDF or JSON.

    Args:
        data: the whole file.
        certificate: PEM, of the oversight side whom the reader trusts.
        ledger_key: public key of the ledger as known from elsewhere; without it the report's own is believed.

    Returns:
        A finding; never an exception, whatever the bytes are.
    """
    if len(data) > MAXIMUM_BYTES:
        return _bad(Verdict.UNREADABLE)
    check = _check_pdf if data.startswith(b"%PDF-") else _check_json
    return check(data, certificate, ledger_key)


def _bad(verdict: Verdict, reason: str = "") -> Checked:
    return Checked(verdict, reason or _REASONS[verdict])


def _check_pdf(data: bytes, certificate: bytes, ledger_key: bytes | None) -> Checked:
    verdict, _why = examination.examine(data, certificate, MAXIMUM_BYTES, claims=lambda file: _MARK in file)
    if verdict is not examination.Verdict.GENUINE:
        return _bad(Verdict(verdict.value))
    try:
        inner = attached(data)
    except Exception:  # a signed file without the attachment is none of our reports
        return _bad(Verdict.INCOMPLETE, "The PDF is signed, but carries no report.json.")
    return _check_json(inner, certificate, ledger_key)


def attached(data: bytes) -> bytes:
    """Return the JSON inside a PDF report.

    Raises:
        LookupError: there is none.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader  # large: only whoever opens a report waits for it

    root = PdfFileReader(BytesIO(data)).root
    files = list(root["/Names"]["/EmbeddedFiles"]["/Names"])
    for name, place in zip(files[::2], files[1::2], strict=True):
        if str(name) == ATTACHMENT:
            return bytes(place.get_object()["/EF"]["/F"].data)
    raise LookupError(ATTACHMENT)


def _check_json(data: bytes, certificate: bytes, ledger_key: bytes | None) -> Checked:
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
    return _check_ledger(report, ledger_key)


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


def _check_ledger(report: Mapping[str, Any], ledger_key: bytes | None) -> Checked:
    problems: list[str] = []
    leaves, proofs, head, entries = 0, 0, None, ()
    try:
        entries, head = report["ledger"]["entries"], report["ledger"]["head"]
        leaves = sum(_leaf_holds(each, problems) for each in entries)
        if head is not None:
            problems += _problems_of_head(head, ledger_key)
            proofs = sum(_is_included(each, head, problems) for each in entries)
    except (KeyError, TypeError, ValueError) as problem:
        problems.append(f"what it says of the ledger cannot be read: {problem!r}")
    if problems:
        reason = "The report is genuine, but what it says of the ledger does not hold."
        return Checked(Verdict.CONTRADICTED, reason, report, leaves, proofs, head, tuple(problems))
    reason = "The signature covers the whole report, and everything in it that can be computed anew holds."
    remark = _remark(head, len(entries) - proofs, ledger_key)
    return Checked(Verdict.GENUINE, reason, report, leaves, proofs, head, remark=remark)


def _remark(head: Mapping[str, Any] | None, uncovered: int, ledger_key: bytes | None) -> str:
    """Return what a genuine report does not prove by itself."""
    if head is None:
        return "The report names no head of the ledger: that its entries stand there is not proved."
    told = []
    if ledger_key is None:
        told.append(
            "The head of the ledger was checked with the key that the report itself names; give --ledger-key "
            "as known from elsewhere, or compare the head with one that was kept outside."
        )
    if uncovered:
        told.append(f"{uncovered} entries are newer than the head: that they stand there is not proved.")
    return " ".join(told)


def _problems_of_head(head: Mapping[str, Any], ledger_key: bytes | None) -> list[str]:
    key = ledger_key or (bytes.fromhex(head["public_key"]) if head["public_key"] else None)
    if key is None:
        return ["the report does not name the key of the ledger: give --ledger-key"]
    said = {name: head[name] for name in ("size", "root", "at", "key")}
    if head["key"] != key_id(key) or not is_signed(said, head["signature"], key):
        return ["the head of the ledger is not signed by this key"]
    return []


def _is_included(entry: Mapping[str, Any], head: Mapping[str, Any], problems: list[str]) -> bool:
    """Walk from a leaf to the root of the head, where the report holds the path."""
    proof = entry["proof"]
    if proof is None:
        return False
    path = [bytes.fromhex(step) for step in proof["path"]]
    leaf, root = bytes.fromhex(entry["leaf_hash"]), bytes.fromhex(head["root"])
    holds = includes(leaf, proof["index"], head["size"], path, root)
    if not holds:
        problems.append(f"{entry['leaf_hash'][:16]}: the path does not lead from this leaf to the head")
    return holds


def _leaf_holds(entry: Mapping[str, Any], problems: list[str]) -> bool:
    """Compute a leaf anew from salt and body, where the report holds them."""
    if entry["body"] is None:
        return False
    holds = bool(leaf_hash(bytes.fromhex(entry["salt"]), entry["body"].encode()) == entry["leaf_hash"])
    if not holds:
        problems.append(f"{entry['leaf_hash'][:16]}: the body does not give this leaf")
    return holds
