"""Making the proof report of a sitting: every room is asked what it has to say, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import get_locale
from sqlalchemy import select

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _, _l, in_language
from trainhub.ledger import Entry, Head, newest_head
from trainhub.ledger.proving import inclusions
from trainhub.ledger.sequencing import head_as_json
from trainhub.ledger.signing import may_sign, public_key
from trainhub.separation.auditor import audit
from trainhub.separation.models import Appointed, Registered
from trainhub.separation.naming import Names, persons_called
from trainhub.separation.report import FORMAT, ProofSource, Section, Writing, in_order, persons_in_cells
from trainhub.separation.report_ledger import entries_of_sitting, proven
from trainhub.separation.report_sections import (
    audit_section,
    decisions_section,
    refusals_section,
    rules_section,
    walls_section,
)
from trainhub.separation.wording import names_of

_NAMED = 500


def make_report(
    sitting_code: str,
    *,
    names: Names = Names.MASKED,
    language: str | None = None,
    by_id: str | None = None,
    words: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the proof report of a sitting as plain values, not yet signed.

    Args:
        sitting_code: which sitting.
        names: how much of the names is shown.
        language: zh_CN or en; that of the reader unless given.
        by_id: who asked for it; None for the command line.
        words: what the kinds of the ledger's entries are called.

    Raises:
        NotFound: the register knows no such sitting.
    """
    if language is not None:
        with in_language(language):
            return _made(sitting_code, names, by_id, words or {})
    return _made(sitting_code, names, by_id, words or {})


def _made(sitting_code: str, names: Names, by_id: str | None, words: Mapping[str, Any]) -> dict[str, Any]:
    with persons_called(names):
        found = audit(sitting=sitting_code)
        entries = entries_of_sitting(sitting_code)
        sources = _sources()
        sections = in_order(
            [
                audit_section(found),
                walls_section(found),
                decisions_section(sitting_code),
                refusals_section(entries),
                rules_section(found),
                *(section for source in sources for section in source(sitting_code)),
            ]
        )
        known = _known(sitting_code, sections, entries, by_id)
        writing = Writing(names, known, _("the system"))
        return {
            "format": FORMAT,
            "sitting": sitting_code,
            "title": _("Proof report on separation: sitting %(code)s", code=sitting_code),
            "language": _language(),
            "names": names.value,
            "names_text": str(names.label),
            "made_at": clock.now().isoformat(),
            "made_by": by_id,
            "audit": {
                "rules": list(found.rules),
                "rows": found.rows,
                "violations": len(found.violations),
                "walls": {wall.name: wall.stands for wall in found.walls},
            },
            "sections": [writing.section(section) for section in sections],
            "ledger": _ledger(entries, names, known, words),
        }


def _sources() -> list[ProofSource]:
    """Return whom to ask.

    Raises:
        Conflict: this process serves one wing, which may not read the other's records.
    """
    sources: list[ProofSource] = current_app.extensions["proofs"]
    if not sources:
        raise Conflict(_l("A proof report is made by the oversight side: no wing may read both sides."))
    return sources


def _language() -> str:
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh_CN"


def _known(
    sitting_code: str, sections: list[Section], entries: list[Entry], by_id: str | None
) -> dict[str, str]:
    """Return the names of everybody whom the report could speak of, by random id."""
    wanted = persons_in_cells(sections) | {entry.by_id for entry in entries if entry.by_id}
    for model in (Registered, Appointed):
        wanted |= set(db.session.scalars(select(model.person_id).where(model.sitting_code == sitting_code)))
    ordered = sorted(wanted | ({by_id} if by_id else set()))
    known: dict[str, str] = {}
    for start in range(0, len(ordered), _NAMED):
        known |= names_of(ordered[start : start + _NAMED])
    return known


def _ledger(
    entries: list[Entry], names: Names, known: dict[str, str], words: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the entries with their proofs under the newest signed head; what it does not cover has none."""
    told, head = proven(entries, names, known), newest_head()
    proofs = {} if head is None else inclusions([each["leaf_hash"] for each in told], head)
    for each in told:
        each["text"] = str(words.get(each["kind"], each["kind"]))
        each["proof"] = proofs.get(each["leaf_hash"])
    return {"head": None if head is None else _head(head), "entries": told}


def _head(head: Head) -> dict[str, Any]:
    return head_as_json(head) | {"public_key": public_key().hex() if may_sign() else None}
