"""An officer's opening key: X25519, its private half encrypted under a passphrase that nobody else knows."""

from __future__ import annotations

import os
import unicodedata
from datetime import datetime, timedelta

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.papers.models_opening import OpeningKey
from trainhub.kernel import cipher, clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.kernel.identifiers import random_id
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of
from trainhub.separation.report_ledger import facts_of_entry

PASSPHRASE_LENGTH = 16
"""Longer than a password: with a copy of the database it can be guessed without anybody noticing."""
TIME_COST, MEMORY_KIB, LANES = 3, 64 * 1024, 4
"""Argon2id as the second recommendation of RFC 9106 has it; kept with each key, so that it can be raised."""
TRIES = 5
LOCKED_FOR = timedelta(minutes=15)


class WrongPassphrase(Invalid):
    """The passphrase is wrong or the key is locked; the try is counted, so whoever catches this commits."""


def key_in_use(person: Person) -> OpeningKey | None:
    """Return the opening key to which new shares go, under whichever record of the person it was made."""
    statement = (
        select(OpeningKey)
        .where(OpeningKey.person_id.in_(records_of(person.id)), OpeningKey.replaced_at.is_(None))
        .order_by(OpeningKey.id.desc())
    )
    return db.session.scalars(statement.limit(1)).first()


def make_key(passphrase: str, *, by: Person) -> OpeningKey:
    """Make an opening key for oneself, in place of the one before.

    The key before stays for the shares that it reads; new shares go to the new one.

    Raises:
        Forbidden: the person opens papers for nobody.
        Invalid: the passphrase is too short.
    """
    if not organisations_of(by, Duty.OPEN_PAPERS):
        raise Forbidden(_l("You do not open papers."))
    if len(_normal(passphrase)) < PASSPHRASE_LENGTH:
        raise Invalid(_("A passphrase has at least %(count)s characters.", count=PASSPHRASE_LENGTH))
    lock("opening-key", by.id)
    replaced = key_in_use(by)
    if replaced is not None:
        replaced.replaced_at = clock.now()
        db.session.flush()
    private = X25519PrivateKey.generate()
    key = OpeningKey(
        code=random_id(),
        person_id=by.id,
        public_key=private.public_key().public_bytes_raw(),
        salt=os.urandom(16),
        time_cost=TIME_COST,
        memory_kib=MEMORY_KIB,
        lanes=LANES,
    )
    wrapping = _wrapping_key(key, passphrase)
    key.private_sealed = cipher.encrypt(wrapping, private.private_bytes_raw(), _context(key))
    entry = ledger.append(
        "opening_key.made",
        by=by,
        side="exam",
        key=key.code,
        public_key=key.public_key.hex(),
        replaces=None if replaced is None else replaced.code,
    )
    key.ledger_leaf = entry.leaf_hash
    db.session.add(key)
    db.session.flush()
    return key


def require_unchanged(key: OpeningKey) -> None:
    """Hold a key against what the ledger says of it: a public key put in by SQL receives no share.

    Raises:
        Conflict: somebody changed it.
    """
    entry = db.session.scalar(select(Entry).where(Entry.leaf_hash == key.ledger_leaf))
    facts = {} if entry is None else facts_of_entry(entry)
    right = facts.get("key") == key.code and facts.get("public_key") == key.public_key.hex()
    if entry is None or not right or entry.by_id != key.person_id:
        name = key.person.name
        raise Conflict(_("The opening key of %(name)s was altered in the database.", name=name))


def unlock(key: OpeningKey, passphrase: str) -> X25519PrivateKey:
    """Return the private half of a key; a wrong passphrase is counted, put on record, and locks in the end.

    Raises:
        WrongPassphrase: it is wrong, or the key is locked for a while.
        Conflict: the key was changed in the database.
    """
    db.session.refresh(key, with_for_update=True)
    if key.locked_until is not None and key.locked_until > clock.now():
        raise WrongPassphrase(_locked(key.locked_until))
    try:
        raw = cipher.decrypt(_wrapping_key(key, passphrase), key.private_sealed, _context(key))
    except cipher.Undecipherable:
        raise WrongPassphrase(_count_failure(key)) from None
    private = X25519PrivateKey.from_private_bytes(raw)
    if private.public_key().public_bytes_raw() != key.public_key:
        name = key.person.name
        raise Conflict(_("The opening key of %(name)s was altered in the database.", name=name))
    key.failures, key.locked_until = 0, None
    return private


def _count_failure(key: OpeningKey) -> str:
    """Count a wrong passphrase, lock the key after too many; return what the officer is told."""
    key.failures += 1
    ledger.append("opening_key.failed", by=None, side="exam", key=key.code, person=key.person_id)
    if key.failures >= TRIES:
        key.failures, key.locked_until = 0, clock.now() + LOCKED_FOR
        ledger.append("opening_key.locked", by=None, side="exam", key=key.code, person=key.person_id)
        return _locked(key.locked_until)
    return ngettext(
        "The passphrase is not right. The try is on record; %(num)s more, and the key is locked for a "
        "quarter of an hour.",
        "The passphrase is not right. The try is on record; %(num)s more, and the key is locked for a "
        "quarter of an hour.",
        TRIES - key.failures,
    )


def _locked(until: datetime) -> str:
    return _(
        "Too many wrong passphrases: the key is locked until %(time)s. Another officer who holds a share can "
        "open the paper meanwhile.",
        time=f"{clock.local(until):%H:%M}",
    )


def _normal(passphrase: str) -> str:
    """Return a passphrase as it is hashed: the same words from any keyboard and input method."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def _wrapping_key(key: OpeningKey, passphrase: str) -> bytes:
    return hash_secret_raw(
        _normal(passphrase).encode(), key.salt, key.time_cost, key.memory_kib, key.lanes, 32, Type.ID
    )


def _context(key: OpeningKey) -> str:
    return f"opening-key:{key.code}:{key.person_id}"
