"""Signing proof reports with the key of the oversight side: the JSON (ECDSA P-256), and the PDF around it.

The JSON travels as a file of its own and inside the PDF. One key and one certificate sign both; whoever was
handed the certificate checks both without asking us.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from trainhub.kernel.documents.identity import (
    SigningFiles,
    key_bytes,
    made_once,
    new_key,
    read_once,
    self_signed,
)
from trainhub.kernel.documents.signing import sign
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.kernel.keys import key_file, write_secret
from trainhub.separation.report import canonical
from trainhub.separation.report_pdf import draw

ALGORITHM = "ecdsa-p256-sha256-der"
"""Over the canonical JSON of the report (FIPS 186-5; the value in DER, RFC 3279)."""
FOLDER = "oversight"
CERTIFICATE = "oversight.crt.pem"
ATTACHMENT = "report.json"
SIGNER = "海川市考培分离监督 签名证书"
_LASTS = timedelta(days=365 * 15)


def prepare_signer() -> SigningFiles:
    """Return the files of the oversight side's signature, making them the first time, once."""
    return _files(made_once(FOLDER, _make))


def oversight_certificate() -> bytes:
    """Return the certificate (PEM) by which anybody checks a report.

    Raises:
        NotFound: no report was ever signed here.
    """
    path = _files(key_file(FOLDER)).certificate
    if not path.is_file():
        raise NotFound(_l("No report has been signed here yet, so there is no certificate to check one by."))
    return read_once(path)


def _files(folder: Path) -> SigningFiles:
    certificate = folder / CERTIFICATE
    return SigningFiles(folder / "oversight.key.pem", certificate, certificate)


def _make(folder: Path) -> None:
    key = new_key()
    write_secret(folder / "oversight.key.pem", key_bytes(key))
    (folder / CERTIFICATE).write_bytes(self_signed(key, SIGNER, _LASTS).public_bytes(Encoding.PEM))


def signed_json(report: Mapping[str, Any], files: SigningFiles) -> bytes:
    """Return a report with its signature as one canonical JSON file."""
    key = load_pem_private_key(files.key.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise RuntimeError("the key of the oversight side is no elliptic curve key")
    value = key.sign(canonical(report), ec.ECDSA(hashes.SHA256()))
    signature = {
        "alg": ALGORITHM,
        "certificate_sha256": key_name(files.certificate.read_bytes()),
        "value": base64.b64encode(value).decode(),
    }
    return canonical({"report": dict(report), "signature": signature})


def signed_pdf(report: Mapping[str, Any], inner: bytes, files: SigningFiles) -> bytes:
    """Return a report as a signed PDF that carries its signed JSON inside."""
    sheet = draw(report, hashlib.sha256(inner).hexdigest(), key_name(files.certificate.read_bytes()))
    return sign(sheet, files, signer=SIGNER, reason=str(report["title"]), attachments={ATTACHMENT: inner})


def key_name(certificate: bytes) -> str:
    """Return the SHA-256 fingerprint of a certificate (PEM), 64 hexadecimal digits."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex()
