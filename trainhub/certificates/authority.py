"""The signing authority of an instance: a root that readers trust, and an issuing certificate that signs.

Both are made once per instance (ECDSA P-256, RFC 5480; X.509, RFC 5280). A real authority brings its own pair
by putting four PEM files in the same place; the root's private key may then live elsewhere.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trainhub.kernel import clock
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.kernel.keys import key_file, write_secret

FOLDER = "certificates"
ORGANISATION = "海川市应急管理局"
ROOT_NAME = "海川市安全生产考核证明 根证书"
ISSUER_NAME = "海川市安全生产考核证明 签发证书"
_BACKDATED = timedelta(days=730)
"""So that proofs of a rehearsal with an older clock are not signed before the certificate begins."""
_ROOT_LASTS = timedelta(days=365 * 25)
_ISSUER_LASTS = timedelta(days=365 * 15)


@dataclass(frozen=True)
class SigningFiles:
    """Where the issuing key, its certificate and the root's certificate lie, all PEM."""

    key: Path
    certificate: Path
    root: Path


def prepare_authority() -> SigningFiles:
    """Return the files of the authority, making them the first time, once."""
    folder = key_file(FOLDER)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = Path(tempfile.mkdtemp(prefix="certificates-", dir=folder.parent))
        _make(new)
        try:
            new.rename(folder)
        except OSError:
            shutil.rmtree(new)
    return _files(folder)


def root_certificate() -> bytes:
    """Return the root's certificate (PEM), by which anybody's reader can check a proof.

    Raises:
        NotFound: no proof was ever signed here.
    """
    path = _files(key_file(FOLDER)).root
    if not path.is_file():
        raise NotFound(_l("No certificate has been issued here yet, so there is no root certificate."))
    return _read(path, path.stat().st_mtime_ns)


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 fingerprint of a PEM certificate in pairs of digits, as readers show it."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex(":").upper()


@cache
def _read(path: Path, _modified: int) -> bytes:
    return path.read_bytes()


def _files(folder: Path) -> SigningFiles:
    return SigningFiles(folder / "issuer.key.pem", folder / "issuer.crt.pem", folder / "root.crt.pem")


def _make(folder: Path) -> None:
    root_key, issuer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _root(root_key)
    issuer = _issuer(issuer_key, root_key, root)
    files = _files(folder)
    write_secret(folder / "root.key.pem", _key_bytes(root_key))
    write_secret(files.key, _key_bytes(issuer_key))
    files.certificate.write_bytes(issuer.public_bytes(serialization.Encoding.PEM))
    files.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lasts: timedelta
) -> x509.CertificateBuilder:
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


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
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


def _root(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name(ROOT_NAME)
    return (
        _builder(name, name, key.public_key(), _ROOT_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _issuer(
    key: ec.EllipticCurvePrivateKey, root_key: ec.EllipticCurvePrivateKey, root: x509.Certificate
) -> x509.Certificate:
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return (
        _builder(_name(ISSUER_NAME), root.subject, key.public_key(), _ISSUER_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(authority, critical=False)
        .sign(root_key, hashes.SHA256())
    )
