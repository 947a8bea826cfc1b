"""Examining a signed PDF by itself: is it ours, is it whole, was anything changed? It knows no register.

``pdfsig`` and many readers call a signature valid although a revision was appended after it; here the
signature
must cover the whole file, pyHanko's difference analysis must find nothing, and the signature's own bytes,
which no signature covers, must be in the one form in which we write them.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

# pyHanko is large, and few processes examine anything: whoever does waits for it the first time.
if TYPE_CHECKING:
    from asn1crypto import x509
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

SECONDS = 15.0
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_ENVELOPE = bytes.fromhex("020101310f300d06096086480165030402010500300b06092a864886f70d010701")
"""Version 1, SHA-256, detached data: the part of a CMS signature that it leaves open (RFC 5652, 5.1)."""
_SIGNER_BEGINS = bytes.fromhex("3130020101300d06096086480165030402010500")
"""A set, a sequence, version 1, SHA-256: the same for the one signer in it (RFC 5652, 5.3)."""
_NOT_OURS = (b"/ObjStm", b"/XRef", b"/Encrypt")
"""What our files never hold: compressed objects could unfold to gigabytes before anything is known."""

for _noisy in ("pyhanko", "pyhanko_certvalidator"):
    # A hostile file is an answer here, not an event: its tracebacks do not belong in the log.
    logging.getLogger(_noisy).setLevel(logging.CRITICAL + 1)


class Verdict(StrEnum):
    """What a file is that claims to be one of our documents."""

    GENUINE = "genuine"
    ALTERED = "altered"
    INCOMPLETE = "incomplete"
    FOREIGN = "foreign"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNREADABLE = "unreadable"


class Why(StrEnum):
    """What exactly was found; the reader's words for it stand in ``wording``."""

    WHOLE = "whole"
    NOT_A_PDF = "not_a_pdf"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    END_MISSING = "end_missing"
    SIGNATURE_MISSING = "signature_missing"
    NO_SIGNATURE = "no_signature"
    OTHER_SIGNER = "other_signer"
    SAME_NAME_OTHER_KEY = "same_name_other_key"
    CONTENT_CHANGED = "content_changed"
    REVISION_APPENDED = "revision_appended"
    SIGNATURE_REWRITTEN = "signature_rewritten"
    NOT_WHAT_WE_ISSUED = "not_what_we_issued"
    NOT_IN_REGISTER = "not_in_register"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REGISTER_NOT_ASKED = "register_not_asked"


Finding = tuple[Verdict, Why]
T = TypeVar("T")


def examine(data: bytes, trusted: bytes | None, maximum: int, *, claims: Callable[[bytes], bool]) -> Finding:
    """Tell what a file is by its own bytes and one trusted certificate.

    Args:
        data: the whole file.
        trusted: certificate (PEM) of who signs, or of who vouches for them; None: nothing is ours.
        maximum: bytes beyond which a file is not read.
        claims: tells whether an unsigned file claims to be ours, by its bytes.

    Returns:
        genuine, altered, incomplete, foreign or unreadable; never an exception, whatever the bytes are.
    """
    if len(data) > maximum:
        return Verdict.UNREADABLE, Why.TOO_LARGE
    if not data.startswith(b"%PDF-"):
        return Verdict.UNREADABLE, Why.NOT_A_PDF
    return _bounded(lambda: _examine(data, trusted, claims), (Verdict.UNREADABLE, Why.TOO_LONG))


def _bounded(work: Callable[[], T], otherwise: T) -> T:
    """Return the result of some work, or something else if it takes too long."""
    results: list[T] = []
    thread = threading.Thread(target=lambda: results.append(work()), daemon=True)
    thread.start()
    thread.join(SECONDS)
    return results[0] if results else otherwise


def _examine(data: bytes, trusted: bytes | None, claims: Callable[[bytes], bool]) -> Finding:
    cut = _cut_off(data)
    if cut is not None:
        return cut
    if any(mark in data for mark in _NOT_OURS):
        return Verdict.FOREIGN, Why.NO_SIGNATURE if b"/ByteRange" not in data else Why.OTHER_SIGNER
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        signatures = PdfFileReader(BytesIO(data), strict=True).embedded_signatures
    except Exception:  # whatever a broken file makes the parser raise
        return _broken(data)
    if not signatures:
        return _unsigned(data, claims)
    try:
        return _judge(data, signatures, trusted)
    except Exception:
        return Verdict.ALTERED, Why.CONTENT_CHANGED


def _cut_off(data: bytes) -> Finding | None:
    for match in _BYTE_RANGE.finditer(data):
        start, length = int(match.group(3)), int(match.group(4))
        if start + length > len(data):
            return Verdict.INCOMPLETE, Why.END_MISSING
    if b"%%EOF" not in data[-32:]:
        return Verdict.INCOMPLETE, Why.END_MISSING
    return None


def _broken(data: bytes) -> Finding:
    if b"/ByteRange" in data:
        return Verdict.ALTERED, Why.CONTENT_CHANGED
    return Verdict.UNREADABLE, Why.NOT_A_PDF


def _unsigned(data: bytes, claims: Callable[[bytes], bool]) -> Finding:
    if claims(data):
        return Verdict.INCOMPLETE, Why.SIGNATURE_MISSING
    return Verdict.FOREIGN, Why.NO_SIGNATURE


def _judge(data: bytes, signatures: list[EmbeddedPdfSignature], trusted: bytes | None) -> Finding:
    from pyhanko.keys.pemder import load_certs_from_pemder_data
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    anchors = list(load_certs_from_pemder_data(trusted)) if trusted else []
    first = signatures[0]
    context = ValidationContext(trust_roots=anchors, allow_fetching=False)
    status = validate_pdf_signature(first, context)
    if not (anchors and status.trusted):
        return _not_ours(first, anchors, intact=bool(status.intact and status.valid))
    if not (status.intact and status.valid):
        return Verdict.ALTERED, Why.CONTENT_CHANGED
    if len(signatures) > 1 or not _covers_everything(status):
        return Verdict.ALTERED, Why.REVISION_APPENDED
    if not _written_by_us(data, first):
        return Verdict.ALTERED, Why.SIGNATURE_REWRITTEN
    return Verdict.GENUINE, Why.WHOLE


def _covers_everything(status: Any) -> bool:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    return bool(
        status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and status.modification_level == ModificationLevel.NONE
        and status.docmdp_ok
        and status.bottom_line
    )


def _not_ours(first: EmbeddedPdfSignature, anchors: list[x509.Certificate], *, intact: bool) -> Finding:
    """Tell a stranger's signature from ours with its certificate damaged."""
    signer = first.signer_cert
    named_like_us = any(signer.issuer == anchor.subject for anchor in anchors)
    if not named_like_us:
        return Verdict.FOREIGN, Why.OTHER_SIGNER
    if intact:
        return Verdict.FOREIGN, Why.SAME_NAME_OTHER_KEY
    return Verdict.ALTERED, Why.CONTENT_CHANGED


def _written_by_us(data: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Tell whether the bytes that no signature covers are written as we write them."""
    _, before, after, _ = (int(each) for each in signature.byte_range)
    gap = data[before:after]
    content = bytes(signature.pkcs7_content)
    exact = gap == b"<" + content.hex().upper().encode() + b">"
    return exact and _is_one_der(content) and _open_parts_are_ours(signature, content)


def _open_parts_are_ours(signature: EmbeddedPdfSignature, content: bytes) -> bool:
    """Tell whether the parts of a CMS signature that it does not protect itself say what ours say."""
    infos, info = signature.signed_data["signer_infos"], signature.signer_info
    told = infos.dump()[:1] + info.dump()[:1] + info["version"].dump() + info["digest_algorithm"].dump()
    return _ENVELOPE in content[:64] and told == _SIGNER_BEGINS


def _is_one_der(content: bytes) -> bool:
    """Tell whether a signature is one DER object (ITU-T X.690) followed by nothing but zeros."""
    octets = content[1] & 0x7F if content[1] & 0x80 else 0
    body = int.from_bytes(content[2 : 2 + octets], "big") if octets else content[1]
    end = 2 + octets + body
    return len(content) >= end and not content[end:].strip(b"\x00")
