"""Who signs: keys (ECDSA P-256, RFC 5480) and certificates (X.509, RFC 5280) as files of the instance.

They are made once. An authority brings its own by putting PEM files in the same place.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trainhub.kernel import clock
from trainhub.kernel.keys import key_file

ORGANISATION = "海川市应急管理局"
_BACKDATED = timedelta(days=730)
"""So that what a rehearsal with an older clock signs is not signed before the certificate begins."""


@dataclass(frozen=True)
class SigningFiles:
    """Where a signing key, its certificate and the trusted certificate above it lie, all PEM."""

    key: Path
    certificate: Path
    root: Path


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder among the keys of this instance, filled by ``make`` the first time, once."""
    folder = key_file(name)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder.parent))
        make(new)
        try:
            new.rename(folder)
        except OSError:
            shutil.rmtree(new)
    return folder


def read_once(path: Path) -> bytes:
    """Return the bytes of a certificate, read again only if the file was changed."""
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _modified: int) -> bytes:
    return path.read_bytes()


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 fingerprint of a PEM certificate in pairs of digits, as readers show it."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex(":").upper()


def new_key() -> ec.EllipticCurvePrivateKey:
    """Make a signing key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key as its file holds it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def named(common: str) -> x509.Name:
    """Return the name that a certificate bears."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lasts: timedelta
) -> x509.CertificateBuilder:
    """Begin a certificate: whose, by whom, for which key, how long."""
    begins = clock.now() - _BACKDATED
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + _BACKDATED + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Return what a key may be used for: certificates, or documents; never both."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def self_signed(key: ec.EllipticCurvePrivateKey, common: str, lasts: timedelta) -> x509.Certificate:
    """Return a certificate of a key for documents that vouches for itself: trusted by being handed over."""
    name = named(common)
    return (
        begun(name, name, key.public_key(), lasts)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs_certificates=False), critical=True)
        .sign(key, hashes.SHA256())
    )
