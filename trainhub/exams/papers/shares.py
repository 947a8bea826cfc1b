"""Cutting a paper's key into shares of which two suffice, and sealing each to its officer.

Shamir's secret sharing over GF(2^128), the key in two halves; one share says nothing of the key, whatever one
computes. A share travels by X25519 with a key pair made for it alone, HKDF-SHA-256 and AES-256-GCM.
"""

from __future__ import annotations

import hashlib

from Crypto.Protocol.SecretSharing import Shamir
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trainhub.kernel import cipher

THRESHOLD = 2
_HALF = 16
_PUBLIC = 32


def split(paper_key: bytes, number: int) -> list[tuple[int, bytes]]:
    """Cut a key of 32 bytes into so many numbered shares; any two give it back."""
    left = Shamir.split(THRESHOLD, number, paper_key[:_HALF], False)
    right = Shamir.split(THRESHOLD, number, paper_key[_HALF:], False)
    return [(place, one + other) for (place, one), (_same, other) in zip(left, right, strict=True)]


def combine(shares: list[tuple[int, bytes]]) -> bytes:
    """Return the key that two shares give; from false ones it is a false key."""
    left = Shamir.combine([(place, share[:_HALF]) for place, share in shares], False)
    right = Shamir.combine([(place, share[_HALF:]) for place, share in shares], False)
    return bytes(left) + bytes(right)


def seal_to(public_key: bytes, share: bytes, context: str) -> bytes:
    """Seal a share to whoever holds the private half of a key.

    Returns:
        The public key made for this share (32 bytes), then the share as ``cipher.encrypt`` seals it.
    """
    once = X25519PrivateKey.generate()
    own = once.public_key().public_bytes_raw()
    secret = once.exchange(X25519PublicKey.from_public_bytes(public_key))
    return own + cipher.encrypt(_derive(secret, own, public_key, context), share, context)


def unseal(private: X25519PrivateKey, sealed: bytes, context: str) -> bytes:
    """Undo ``seal_to``.

    Raises:
        Undecipherable: the share is another's, belongs to another paper, or was changed.
    """
    own = sealed[:_PUBLIC]
    try:
        secret = private.exchange(X25519PublicKey.from_public_bytes(own))
    except ValueError:
        raise cipher.Undecipherable(f"cannot decipher {context}") from None
    key = _derive(secret, own, private.public_key().public_bytes_raw(), context)
    return cipher.decrypt(key, sealed[_PUBLIC:], context)


def _derive(secret: bytes, own: bytes, public_key: bytes, context: str) -> bytes:
    return HKDF(SHA256(), 32, None, b"trainhub paper share 1" + own + public_key + context.encode()).derive(
        secret
    )


def context_of(paper_code: str, number: int, key_code: str) -> str:
    """Return what a share is bound to: the paper, its number, the key that reads it."""
    return f"paper-share:{paper_code}:{number}:{key_code}"


def commitment(context: str, public_key: bytes, sealed: bytes) -> str:
    """Return the hash of a sealed share and of where it belongs, as it stands in the ledger."""
    return hashlib.sha256(context.encode() + b"\n" + public_key + sealed).hexdigest()
