"""Encryption at rest (AES-256-GCM, NIST SP 800-38D) and keyed hashes (HMAC-SHA-256, RFC 2104)."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Undecipherable(ValueError):
    """The bytes were changed, belong elsewhere, or were encrypted with another key."""


def encrypt(key: bytes, plain: bytes, context: str) -> bytes:
    """Encrypt and authenticate.

    Args:
        key: 32 bytes.
        plain: what to hide.
        context: what and whose it is; decryption needs the same, so that a body cannot be moved to
            another row.

    Returns:
        Nonce (12 bytes), ciphertext and tag (16 bytes).
    """
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def decrypt(key: bytes, sealed: bytes, context: str) -> bytes:
    """Undo ``encrypt``.

    Raises:
        Undecipherable: key, context or bytes do not fit.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except (InvalidTag, ValueError):
        raise Undecipherable(f"cannot decipher {context}") from None


def decrypt_by(keys: Sequence[bytes], sealed: bytes, context: str) -> bytes:
    """Undo ``encrypt`` with whichever of some keys fits.

    Raises:
        Undecipherable: none does, or context or bytes do not fit.
    """
    for key in keys[:-1]:
        with suppress(Undecipherable):
            return decrypt(key, sealed, context)
    return decrypt(keys[-1], sealed, context)


def is_sealed_with(key: bytes, sealed: bytes, context: str) -> bool:
    """Tell whether this very key sealed some bytes."""
    try:
        decrypt(key, sealed, context)
    except Undecipherable:
        return False
    return True


def keyed_hash(key: bytes, text: str) -> str:
    """Return a hash (64 hexadecimal digits) that only the key's holder can compute."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
