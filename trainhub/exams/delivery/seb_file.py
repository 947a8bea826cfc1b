"""The file of a configuration of Safe Exam Browser (.seb): a property list, packed, on wish under a password.

https://safeexambrowser.org/developer/seb-file-format.html: gzip around four letters and the data. ``plnd`` is
followed by the packed list, ``pswd`` by the same in the format of RNCryptor 3 (AES-256-CBC with HMAC-SHA-256,
keys by PBKDF2); the parameters are those of that format and not ours to choose.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import os
import plistlib
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

PLAIN, UNDER_PASSWORD = b"plnd", b"pswd"
_VERSION_AND_OPTIONS = bytes([3, 1])
_ROUNDS = 10_000
_SALT, _BLOCK = 8, 16


def pack(settings: Mapping[str, Any], password: str = "") -> bytes:
    """Return the file of a configuration.

    Args:
        settings: what the property list holds.
        password: is asked for when the file is opened; empty leaves it open to whoever has the file.
    """
    listed = plistlib.dumps(dict(settings), fmt=plistlib.FMT_XML)
    inner = gzip.compress(listed, mtime=0)
    block = UNDER_PASSWORD + encrypt(inner, password) if password else PLAIN + inner
    return gzip.compress(block, mtime=0)


def encrypt(content: bytes, password: str, randomness: bytes | None = None) -> bytes:
    """Encrypt under a password in the format of RNCryptor 3.

    Args:
        content: what is hidden.
        password: by which.
        randomness: two salts and the first block, 32 bytes; fresh unless a test gives them.
    """
    randomness = randomness or os.urandom(2 * _SALT + _BLOCK)
    for_cipher, for_seal = randomness[:_SALT], randomness[_SALT : 2 * _SALT]
    first_block = randomness[2 * _SALT :]
    encryptor = Cipher(algorithms.AES256(_stretch(password, for_cipher)), modes.CBC(first_block)).encryptor()
    padder = PKCS7(_BLOCK * 8).padder()
    padded = padder.update(content) + padder.finalize()
    message = _VERSION_AND_OPTIONS + randomness + encryptor.update(padded) + encryptor.finalize()
    return message + hmac.digest(_stretch(password, for_seal), message, "sha256")


def _stretch(password: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha1", password.encode(), salt, _ROUNDS, 32)
