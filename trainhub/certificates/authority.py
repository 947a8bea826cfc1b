"""The signing authority of an instance: a root that readers trust, and an issuing certificate that signs.

Both are made once per instance (ECDSA P-256, RFC 5480; X.509, RFC 5280). A real authority brings its own pair
by putting four PEM files in the same place; the root's private key may then live elsewhere.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from trainhub.kernel.documents.identity import (
    SigningFiles,
    begun,
    key_bytes,
    made_once,
    named,
    new_key,
    read_once,
    usage,
)
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.kernel.keys import key_file, write_secret

FOLDER = "certificates"
ROOT_NAME = "海川市安全生产考核证明 根证书"
ISSUER_NAME = "海川市安全生产考核证明 签发证书"
_ROOT_LASTS = timedelta(days=365 * 25)
_ISSUER_LASTS = timedelta(days=365 * 15)


def prepare_authority() -> SigningFiles:
    """Return the files of the authority, making them the first time, once."""
    return _files(made_once(FOLDER, _make))


def root_certificate() -> bytes:
    """Return the root's certificate (PEM), by which anybody's reader can check a proof.

    Raises:
        NotFound: no proof was ever signed here.
    """
    path = _files(key_file(FOLDER)).root
    if not path.is_file():
        raise NotFound(_l("No certificate has been issued here yet, so there is no root certificate."))
    return read_once(path)


def _files(folder: Path) -> SigningFiles:
    return SigningFiles(folder / "issuer.key.pem", folder / "issuer.crt.pem", folder / "root.crt.pem")


def _make(folder: Path) -> None:
    root_key, issuer_key = new_key(), new_key()
    root = _root(root_key)
    issuer = _issuer(issuer_key, root_key, root)
    files = _files(folder)
    write_secret(folder / "root.key.pem", key_bytes(root_key))
    write_secret(files.key, key_bytes(issuer_key))
    files.certificate.write_bytes(issuer.public_bytes(serialization.Encoding.PEM))
    files.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))


def _root(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = named(ROOT_NAME)
    return (
        begun(name, name, key.public_key(), _ROOT_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _issuer(
    key: ec.EllipticCurvePrivateKey, root_key: ec.EllipticCurvePrivateKey, root: x509.Certificate
) -> x509.Certificate:
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return (
        begun(named(ISSUER_NAME), root.subject, key.public_key(), _ISSUER_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs_certificates=False), critical=True)
        .add_extension(authority, critical=False)
        .sign(root_key, hashes.SHA256())
    )
