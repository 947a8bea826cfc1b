"""Evidence of a frozen seat: everything that was known at that moment, encrypted, its hash in the ledger."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from trainhub import ledger, regulations
from trainhub.exams.delivery.holding import rounds_of
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.delivery.models_watch import Evidence, Photo
from trainhub.exams.delivery.noticing import events_of
from trainhub.exams.delivery.watching import alarms_of
from trainhub.kernel import clock, keys, storage
from trainhub.kernel.db import after_commit, db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _l
from trainhub.kernel.left_files import LeftFiles
from trainhub.kernel.rewrapping import MASTER, sealed_by_master
from trainhub.people.models import Person

NEAR = timedelta(minutes=5)


def keep_evidence(attempt: Attempt, halt_code: str, *, by: Person) -> Evidence:
    """Keep what is known of an attempt as it stands now; photographs of the candidate are kept as long.

    Args:
        attempt: whose seat was frozen.
        halt_code: of the freeze.
        by: who froze it.
    """
    days = int(regulations.value("exam.evidence.keep_days", on=clock.today()))
    until = clock.now() + timedelta(days=days)
    plain = json.dumps(_snapshot(attempt), ensure_ascii=False, sort_keys=True).encode()
    evidence = Evidence(
        attempt_id=attempt.id,
        halt_code=halt_code,
        sha256=hashlib.sha256(plain).hexdigest(),
        keep_until=until,
        by_id=by.id,
    )
    db.session.add(evidence)
    db.session.flush()
    evidence.file_key = storage.put(io.BytesIO(keys.seal(MASTER, plain, _context(evidence))), ".evidence")
    for photo in db.session.scalars(select(Photo).where(Photo.candidate_id == attempt.candidate_id)):
        photo.keep_until = max(photo.keep_until, until)
    ledger.append(
        "evidence.kept",
        by=by,
        side="exam",
        evidence=evidence.code,
        attempt=attempt.code,
        halt=halt_code,
        sha256=evidence.sha256,
        head=attempt.head,
        last_sequence=attempt.last_sequence,
    )
    return evidence


def _snapshot(attempt: Attempt) -> dict[str, Any]:
    rows = db.session.scalars(
        select(Response).where(Response.attempt_id == attempt.id).order_by(Response.sequence)
    ).all()
    return {
        # So that nobody can guess the content from the hash in the ledger.
        "salt": secrets.token_hex(16),
        "taken_at": clock.now().isoformat(),
        "attempt": {
            "code": attempt.code,
            "state": attempt.state,
            "machines": attempt.machines,
            "started_at": _time(attempt.started_at),
            "deadline": _time(attempt.deadline),
            "last_seen_at": _time(attempt.last_seen_at),
            "last_sequence": attempt.last_sequence,
            "head": attempt.head,
            "form": json.loads(attempt.form) if attempt.form else [],
            "last_position": rows[-1].position if rows else None,
        },
        "journal": [_row(row) for row in rows],
        "events": [
            {"number": each.number, "kind": each.kind, "at": _time(each.at), "detail": each.detail}
            for each in events_of(attempt)
        ],
        "alarms": [
            {"code": each.code, "kind": each.kind, "raised_at": _time(each.raised_at), "facts": each.evidence}
            for each in alarms_of(attempt)
        ],
    }


def _row(row: Response) -> dict[str, Any]:
    return {
        "sequence": row.sequence,
        "position": row.position,
        "response": json.loads(row.response),
        "flagged": row.flagged,
        "how": row.how,
        "shown_ms": row.shown_ms,
        "received_at": _time(row.received_at),
        "link": row.link,
    }


def _time(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()


def read_evidence(evidence: Evidence) -> tuple[dict[str, Any], bool]:
    """Return what was kept, and whether it is what the ledger's hash speaks of.

    Raises:
        NotFound: its time is over and it was deleted.
    """
    if evidence.file_key is None:
        raise NotFound(_l("This evidence was deleted when its time was over."))
    plain = keys.unseal(MASTER, storage.read(evidence.file_key), _context(evidence))
    content: dict[str, Any] = json.loads(plain, object_hook=_with_moments)
    return content, hashlib.sha256(plain).hexdigest() == evidence.sha256 == _hash_in_the_ledger(evidence)


def _with_moments(facts: dict[str, Any]) -> dict[str, Any]:
    """Read what ``_time`` wrote as moments again."""
    return {
        name: datetime.fromisoformat(value) if value and (name == "at" or name.endswith("_at")) else value
        for name, value in facts.items()
    }


def _hash_in_the_ledger(evidence: Evidence) -> str | None:
    wanted = select(ledger.Entry).where(ledger.Entry.kind == "evidence.kept", ledger.Entry.body.is_not(None))
    near = wanted.where(ledger.Entry.at.between(evidence.at - NEAR, evidence.at + NEAR))
    for entry in db.session.scalars(near):
        facts = json.loads(entry.body or "{}")["facts"]
        if facts["evidence"] == evidence.code:
            return str(facts["sha256"])
    return None


def evidence_of(attempt: Attempt) -> list[Evidence]:
    """Return what was kept of an attempt, and of the candidate's rounds before it, the newest first."""
    wanted = select(Evidence).where(Evidence.attempt_id.in_(rounds_of(attempt)))
    return list(db.session.scalars(wanted.order_by(Evidence.id.desc())))


def _over() -> Any:
    return select(Evidence).where(Evidence.keep_until < clock.now(), Evidence.file_key.is_not(None))


def is_over() -> bool:
    """Tell whether the time of some evidence is over."""
    return db.session.scalar(_over().limit(1)) is not None


def delete_what_is_over() -> int:
    """Delete evidence whose time is over; that it existed, and its hash, stay. Returns how many."""
    # What another process deletes at this moment is its own to count.
    found = db.session.scalars(_over().limit(200).with_for_update(of=Evidence, skip_locked=True)).all()
    if not found:
        return 0
    for evidence in found:
        after_commit(partial(storage.remove, str(evidence.file_key)))
        evidence.file_key = None
    ledger.append("evidence.deleted", by=None, side="exam", number=len(found))
    return len(found)


def _context(evidence: Evidence) -> str:
    return f"delivery_evidence:{evidence.code}"


sealed_by_master(Evidence, "file_key", _context, in_file=True)
TIDYING = Chore("evidence deleted by rule", is_over, delete_what_is_over)
SWEEPING = LeftFiles(
    ".evidence", Evidence.file_key, lambda: bool(ledger.decisions("evidence.kept", per_page=1).entries)
).chore
