"""The key of a bank: made with it, wrapped by the examination side's master key, never in clear on disk.

While a bank's key is rotated it has two: what is written is sealed with the new one, what is read is sealed
with either, and the old one is forgotten once nothing needs it.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

from flask import g
from sqlalchemy import inspect

from trainhub.exams.bank.content import ItemBody, ItemType, read_body, write_body
from trainhub.exams.bank.models import Bank, ItemVersion
from trainhub.kernel import cipher, keys
from trainhub.kernel.db import db, is_reading, lock
from trainhub.kernel.rewrapping import MASTER, sealed_by_master

sealed_by_master(Bank, "key_sealed", lambda bank: f"bank-key:{bank.code}")
sealed_by_master(Bank, "old_key_sealed", lambda bank: f"bank-key:{bank.code}")


def new_key(bank_code: str) -> bytes:
    """Return a fresh key of a bank, wrapped."""
    return keys.seal(MASTER, secrets.token_bytes(32), f"bank-key:{bank_code}")


def keys_of(bank: Bank) -> tuple[bytes, ...]:
    """Return a bank's key, and after it the one that is being replaced, if any.

    Each is unwrapped once a request and never outlives it.
    """
    clear: dict[bytes, bytes] = g.setdefault("bank-keys", {})
    wrapped = (bank.key_sealed, bank.old_key_sealed)
    for each in wrapped:
        if each is not None and each not in clear:
            clear[each] = keys.unseal(MASTER, each, f"bank-key:{bank.code}")
    return tuple(clear[each] for each in wrapped if each is not None)


def hold(bank: Bank) -> None:
    """Keep the key of a bank from being replaced until the present deed ends, and know the newest one."""
    held: dict[str, object] = db.session.info.setdefault("banks-held", {})
    present = db.session().get_transaction()
    if present is None or held.get(bank.code) is not present:
        db.session.refresh(bank, ["key_sealed", "old_key_sealed"], with_for_update={"read": True})
        held[bank.code] = db.session().get_transaction()


def lock_bank(bank: Bank) -> None:
    """Let deeds that add to a bank wait for each other; what they compute rests on its newest key."""
    lock("bank", bank.code)
    hold(bank)


def seal(bank: Bank, plain: bytes, context: str) -> bytes:
    """Encrypt something of a bank; ``context`` binds it to its row."""
    if inspect(bank).persistent and not is_reading():
        hold(bank)
    return cipher.encrypt(keys_of(bank)[0], plain, context_in(bank, context))


def unseal(bank: Bank, sealed: bytes, context: str) -> bytes:
    """Undo ``seal``.

    Raises:
        Undecipherable: it was changed or belongs to another row.
    """
    return cipher.decrypt_by(keys_of(bank), sealed, context_in(bank, context))


def context_in(bank: Bank, context: str) -> str:
    """Return the context by which something of a bank is bound to its row."""
    return f"bank:{bank.code}:{context}"


def seal_body(bank: Bank, item_code: str, number: int, kind: ItemType, body: ItemBody) -> bytes:
    """Encrypt the body of a version."""
    return seal(bank, write_body(kind, body), f"item:{item_code}:{number}")


def body_of(version: ItemVersion) -> ItemBody:
    """Return what a version says, deciphered.

    Raises:
        Undecipherable: it was changed or moved in the database.
    """
    item = version.item
    return body_in(item.bank, item.code, version.number, version.body_sealed)


def body_in(bank: Bank, item_code: str, number: int, sealed: bytes) -> ItemBody:
    """Return what the sealed body of a version says, for whoever reads many rows without their objects."""
    return read_body(unseal(bank, sealed, f"item:{item_code}:{number}"))


def keyed_prints(bank: Bank, purpose: str, text: str) -> list[str]:
    """Return the keyed hashes under which a text may be known: by the bank's key, and by the one before."""
    return [hmac.digest(key, f"{purpose}\x00{text}".encode(), "sha256").hex() for key in keys_of(bank)]


def keyed_grams(bank: Bank, grams: Iterable[str]) -> set[int]:
    """Return the keyed 63-bit hashes of pairs of characters."""
    return all_keyed_grams(bank, grams)[0]


def all_keyed_grams(bank: Bank, grams: Iterable[str]) -> list[set[int]]:
    """Return the keyed hashes of pairs of characters by the bank's key, and by the one before."""
    wanted = list(grams)
    found = []
    for key in keys_of(bank):
        secret = hmac.digest(key, b"grams", "sha256")
        found.append(
            {int.from_bytes(hmac.digest(secret, gram.encode(), "sha256")[:8], "big") >> 1 for gram in wanted}
        )
    return found
