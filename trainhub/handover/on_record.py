"""What the ledger says of a record that passes through the door: that it was signed, by whom, and of what."""

from __future__ import annotations

import json

from trainhub import ledger
from trainhub.handover.models import Signed
from trainhub.people.models import Person


def fact_of(body: str, name: str) -> str:
    """Return one fact of a ledger entry's body."""
    return str(json.loads(body)["facts"].get(name, ""))


def record_entry(kind: str, record: Signed, by: Person, **facts: str) -> None:
    """Write into the ledger that a record was signed."""
    ledger.append(kind, by=by, side="door", **signed_facts(record), **facts)


def signed_facts(record: Signed) -> dict[str, str]:
    """Return what tells a signed record from every other: its code, its signer and the signature."""
    return {"code": record.code, "signed_by": record.organisation_code, "signature": record.signature}
