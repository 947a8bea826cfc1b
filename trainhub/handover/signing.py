"""Signing and checking records: Ed25519 over canonical JSON, one key for each organisation.

The private key is a file of the instance, never in the database. A public key counts only if the ledger saw
it made: a key that was slipped into the table signs nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypeVar, cast

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import select

from trainhub import ledger
from trainhub.handover.models import Signed, SigningKey
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.keys import key_file, write_secret
from trainhub.people.models import Organisation, Person

S = TypeVar("S", bound=Signed)


def sign(record: S, organisation: Organisation, *, by: Person) -> S:
    """Complete a record with code, time and the organisation's signature, and add it to the session."""
    sign_all([record], organisation, by=by)
    db.session.add(record)
    db.session.flush()
    return record


def have_key(organisation: Organisation, *, by: Person) -> None:
    """Make the key of an organisation unless it has one: who signs in a look can make none."""
    _private_key(organisation, by)


def sign_all(records: Sequence[Signed], organisation: Organisation, *, by: Person) -> None:
    """Complete many records with code, time and the organisation's signature; adds none to the session."""
    private = _private_key(organisation, by)
    moment, key_id = clock.now(), _key_id(private)
    for record in records:
        record.code = record.code or random_id()
        record.organisation_code = organisation.code
        record.issued_by_id = by.id
        record.issued_at = moment
        record.key_id = key_id
        record.signature = private.sign(rfc8785.dumps(record.content())).hex()


def genuine(records: Iterable[S]) -> list[S]:
    """Return those records whose signature holds for what stands in the table now."""
    rows = list(records)
    keys = _known_keys({row.key_id for row in rows})
    return [row for row in rows if _holds(row, keys)]


def _holds(record: Signed, keys: dict[str, tuple[str, str]]) -> bool:
    if record.key_id not in keys:
        return False
    public, organisation_code = keys[record.key_id]
    if organisation_code != record.organisation_code:
        return False
    try:
        _public_key(public).verify(bytes.fromhex(record.signature), rfc8785.dumps(record.content()))
    except (InvalidSignature, ValueError):
        return False
    return True


@cache
def _public_key(raw: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw))


def _known_keys(ids: set[str]) -> dict[str, tuple[str, str]]:
    """Return public key and organisation of each key that the ledger saw made with this very content."""
    statement = (
        select(SigningKey, Organisation.code)
        .join(Organisation, Organisation.id == SigningKey.organisation_id)
        .where(SigningKey.id.in_(ids))
    )
    made = set(db.session.scalars(select(ledger.Entry.body).where(ledger.Entry.kind == "handover.key.made")))
    seen = "".join(body for body in made if body)
    rows = db.session.execute(statement).all()
    return {key.id: (key.public_key, code) for key, code in rows if _fact(key.public_key, code) in seen}


def _fact(public: str, organisation_code: str) -> str:
    return rfc8785.dumps({"organisation": organisation_code, "public_key": public}).decode()


def _private_key(organisation: Organisation, by: Person) -> Ed25519PrivateKey:
    path = key_file(f"handover-{organisation.code}.pem")
    if not path.exists():
        lock("handover-key", organisation.code)
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        write_secret(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    private = cast(Ed25519PrivateKey, load_pem_private_key(path.read_bytes(), None))
    if db.session.get(SigningKey, _key_id(private)) is None:
        _publish(private, organisation, by)
    return private


def _publish(private: Ed25519PrivateKey, organisation: Organisation, by: Person) -> None:
    lock("handover-key", organisation.code)
    if db.session.get(SigningKey, _key_id(private), populate_existing=True) is not None:
        return
    public = _raw(private).hex()
    db.session.add(SigningKey(id=_key_id(private), organisation_id=organisation.id, public_key=public))
    db.session.flush()
    ledger.append("handover.key.made", by=by, side="core", organisation=organisation.code, public_key=public)


def _raw(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _key_id(private: Ed25519PrivateKey) -> str:
    return hashlib.sha256(_raw(private)).hexdigest()[:32]
