"""Signing tree heads and promises: Ed25519 over canonical JSON, with a key that outsiders know."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from trainhub.kernel.keys import key, key_file

KEY = "ledger-signing"


def may_sign() -> bool:
    """Tell whether this process holds the ledger's key; that of the training side does not."""
    return key_file(f"{KEY}.key").exists()


def public_key() -> bytes:
    """Return the 32 bytes by which everybody checks what the ledger signs.

    Raises:
        MissingKey: this process has no key of the ledger.
    """
    private = Ed25519PrivateKey.from_private_bytes(key(KEY))
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(public: bytes) -> str:
    """Return the name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def sign(said: dict[str, Any]) -> str:
    """Return the signature of the ledger over canonical JSON, in hexadecimal digits."""
    return Ed25519PrivateKey.from_private_bytes(key(KEY)).sign(rfc8785.dumps(said)).hex()


def is_signed(said: dict[str, Any], signature: str, public: bytes) -> bool:
    """Tell whether a key has signed what is said."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), rfc8785.dumps(said))
    except (InvalidSignature, ValueError):
        return False
    return True
