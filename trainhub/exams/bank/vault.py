"""The key of a bank: made with it, wrapped by the examination side's key, never in clear on disk."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

from flask import g

from trainhub.exams.bank.content import ItemBody, ItemType, read_body, write_body
from trainhub.exams.bank.models import Bank, ItemVersion
from trainhub.kernel import cipher
from trainhub.kernel.keys import key


def new_key(bank_code: str) -> bytes:
    """Return a fresh key of a bank, wrapped."""
    return cipher.encrypt(key("exam"), secrets.token_bytes(32), f"bank-key:{bank_code}")


def _key_of(bank: Bank) -> bytes:
    """Return a bank's key; it is unwrapped once a request and never outlives it."""
    keys: dict[str, bytes] = g.setdefault("bank-keys", {})
    if bank.code not in keys:
        keys[bank.code] = cipher.decrypt(key("exam"), bank.key_sealed, f"bank-key:{bank.code}")
    return keys[bank.code]


def seal(bank: Bank, plain: bytes, context: str) -> bytes:
    """Encrypt something of a bank; ``context`` binds it to its row."""
    return cipher.encrypt(_key_of(bank), plain, f"bank:{bank.code}:{context}")


def unseal(bank: Bank, sealed: bytes, context: str) -> bytes:
    """Undo ``seal``.

    Raises:
        Undecipherable: it was changed or belongs to another row.
    """
    return cipher.decrypt(_key_of(bank), sealed, f"bank:{bank.code}:{context}")


def seal_body(bank: Bank, item_code: str, number: int, kind: ItemType, body: ItemBody) -> bytes:
    """Encrypt the body of a version."""
    return seal(bank, write_body(kind, body), f"item:{item_code}:{number}")


def body_of(version: ItemVersion) -> ItemBody:
    """Return what a version says, deciphered.

    Raises:
        Undecipherable: it was changed or moved in the database.
    """
    item = version.item
    return read_body(unseal(item.bank, version.body_sealed, f"item:{item.code}:{version.number}"))


def keyed_print(bank: Bank, purpose: str, text: str) -> str:
    """Return a hash of a text that only the bank can compute."""
    return hmac.digest(_key_of(bank), f"{purpose}\x00{text}".encode(), "sha256").hex()


def keyed_grams(bank: Bank, grams: Iterable[str]) -> set[int]:
    """Return the keyed 63-bit hashes of pairs of characters."""
    secret = hmac.digest(_key_of(bank), b"grams", "sha256")
    return {int.from_bytes(hmac.digest(secret, gram.encode(), "sha256")[:8], "big") >> 1 for gram in grams}
