"""Sealing a paper and opening it: by a second person, and by the rule of the sitting."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank import review as items_review
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.models import VersionState
from trainhub.exams.papers.content import PaperContent, content_of, hash_of, read_content, write_content
from trainhub.exams.papers.models import Paper, PaperReview, PaperState, Viewing
from trainhub.exams.papers.relations import (
    require_other_than_assembler,
    state_contains,
    state_saw,
    state_sealed,
)
from trainhub.kernel import cipher, clock, keys
from trainhub.kernel.db import db, is_reading, lock, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


@dataclass(frozen=True)
class SittingFacts:
    """What the rule of opening needs to know of a sitting."""

    paper_codes: frozenset[str]
    starts_at: datetime
    is_under_way: bool


sitting_sources: list[Callable[[str], SittingFacts | None]] = []
"""Who knows sittings: the room of sittings puts its look-up here. Nobody known, nothing opened."""


sealed_by_master(Paper, "key_sealed", lambda row: f"paper-key:{row.code}")
sealed_by_master(PaperReview, "text_sealed", lambda row: f"paper-review:{row.code}")


def see_proof(paper: Paper, *, by: Person) -> None:
    """Let a person see a paper that is not sealed yet, and record that they saw it.

    Raises:
        Conflict: the paper is sealed: nobody sees it before its sitting.
        Forbidden: the person neither assembles nor reviews papers for the organisation.
    """
    if paper.organisation_id not in organisations_of(by, Duty.ASSEMBLE_PAPERS, Duty.REVIEW_PAPERS):
        raise Forbidden(_l("You do not work on papers of this organisation."))
    lock("paper", paper.code)
    db.session.refresh(paper)
    if paper.state in (PaperState.SEALED, PaperState.DISCARDED):
        raise Conflict(_("The paper is sealed; it is opened when its sitting begins."))
    if not has_seen(paper, by):
        db.session.add(Viewing(paper_id=paper.id, person_id=by.id))
        state_saw(by, paper.code)
    ledger.append("paper.seen", by=by, side="exam", paper=paper.code)


def has_seen(paper: Paper, person: Person) -> bool:
    """Tell whether it is on record that a person saw a paper."""
    statement = select(Viewing.id).where(Viewing.paper_id == paper.id, Viewing.person_id == person.id)
    return db.session.scalar(statement) is not None


def proof_of(paper: Paper, *, by: Person) -> PaperContent:
    """Return an unsealed paper for the proof; who reads it has been recorded before.

    Raises:
        Conflict: the paper is sealed, or the viewing is not on record.
    """
    if paper.state in (PaperState.SEALED, PaperState.DISCARDED):
        raise Conflict(_("The paper is sealed; it is opened when its sitting begins."))
    if not has_seen(paper, by):
        raise Conflict(_("Open the proof on the paper's page first: that you see it is recorded."))
    return content_of(paper)


def approve_paper(paper: Paper, text: str = "", *, by: Person) -> None:
    """Approve a paper after reading its proof.

    Raises:
        Conflict: it is not waiting for review, or the proof has not been opened.
        Refused: S-12, the person assembled it.
        Forbidden: the person does not review papers for the organisation.
    """
    _require_reviewer(paper, by, (PaperState.ASSEMBLED,))
    if not has_seen(paper, by):
        raise Conflict(_("Read the proof before you approve the paper."))
    paper.state = PaperState.REVIEWED
    paper.reviewed_by_id, paper.reviewed_at = by.id, clock.now()
    _note(paper, "approved", text, by)
    ledger.append("paper.approved", by=by, side="exam", paper=paper.code)


def send_paper_back(paper: Paper, text: str, *, by: Person) -> None:
    """Send a paper back to who assembled it, with a reason.

    Raises:
        Invalid: no reason is given.
        Conflict: it is sealed or not waiting.
        Refused: S-12, the person assembled it.
        Forbidden: the person does not review papers for the organisation.
    """
    if not text.strip():
        raise Invalid(_("Say what is to be changed."))
    _require_reviewer(paper, by, (PaperState.ASSEMBLED, PaperState.REVIEWED))
    paper.state = PaperState.SENT_BACK
    _note(paper, "sent_back", text, by)
    ledger.append("paper.sent_back", by=by, side="exam", paper=paper.code)


def _require_reviewer(paper: Paper, by: Person, states: tuple[PaperState, ...]) -> None:
    if paper.organisation_id not in organisations_of(by, Duty.REVIEW_PAPERS):
        raise Forbidden(_l("You do not review papers for this organisation."))
    lock("paper", paper.code)
    db.session.refresh(paper, with_for_update=True)
    if paper.state not in states:
        raise Conflict(_("The paper %(code)s is not in a state that allows this.", code=paper.code))
    require_other_than_assembler(paper.assembled_by_id, by)


def _note(paper: Paper, verdict: str, text: str, by: Person) -> None:
    if len(text) > 2000:
        raise Invalid(_("A remark has 2,000 characters at most."))
    code, words = random_id(), text.strip().encode()
    sealed = keys.seal("exam", words, f"paper-review:{code}") if words else None
    db.session.add(
        PaperReview(code=code, paper_id=paper.id, person_id=by.id, verdict=verdict, text_sealed=sealed)
    )


def remarks_on(paper: Paper) -> list[tuple[PaperReview, str]]:
    """Return what reviewers said of a paper, oldest first."""
    rows = db.session.scalars(
        select(PaperReview).where(PaperReview.paper_id == paper.id).order_by(PaperReview.id)
    )
    return [(row, _words(row)) for row in rows]


def _words(row: PaperReview) -> str:
    if row.text_sealed is None:
        return ""
    return keys.unseal("exam", row.text_sealed, f"paper-review:{row.code}").decode()


def seal_paper(paper: Paper, *, by: Person) -> None:
    """Seal an approved paper: encrypted under its own key, its hash in the ledger, its items in use.

    Raises:
        Conflict: it is not approved, or one of its items has left use meanwhile.
        Refused: S-12, the person assembled it.
        Forbidden: the person does not review papers for the organisation.
    """
    _require_reviewer(paper, by, (PaperState.REVIEWED,))
    gone = [place.number for place in paper.places if place.version.state == VersionState.RETIRED]
    if gone:
        numbers = ", ".join(str(number) for number in gone)
        raise Conflict(
            _("Questions %(numbers)s were retired meanwhile. Send the paper back.", numbers=numbers)
        )
    written = write_content(content_of(paper))
    paper_key = secrets.token_bytes(32)
    paper.content_hash = hash_of(written)
    paper.content_sealed = cipher.encrypt(paper_key, written, f"paper:{paper.code}")
    paper.key_sealed = keys.seal("exam", paper_key, f"paper-key:{paper.code}")
    paper.state = PaperState.SEALED
    paper.sealed_by_id, paper.sealed_at = by.id, clock.now()
    items_review.put_live([place.version_id for place in paper.places])
    state_contains(paper.code, [place.item.code for place in paper.places], by=by)
    state_sealed(by, paper.code)
    entry = ledger.append(
        "paper.sealed",
        by=by,
        side="exam",
        paper=paper.code,
        content_hash=paper.content_hash,
        questions=len(paper.places),
        marks=paper.marks,
        pass_mark=paper.pass_mark,
        minutes=paper.minutes,
    )
    paper.ledger_leaf = entry.leaf_hash


def sealed_papers(qualification: str) -> list[Paper]:
    """Return the sealed papers of a qualification, newest first."""
    statement = select(Paper).where(Paper.qualification == qualification, Paper.state == PaperState.SEALED)
    return list(db.session.scalars(statement.order_by(Paper.sealed_at.desc(), Paper.id.desc())))


def open_paper(paper_code: str, *, by: Person | None, sitting_code: str, at: datetime) -> PaperContent:
    """Open a sealed paper for a sitting that has begun; every opening is recorded.

    Args:
        paper_code: which paper.
        by: the person who will see it; None when only the house reads it, for candidates or for marking.
        sitting_code: for which sitting.
        at: the moment of opening; a moment to come counts as now.

    Raises:
        NotFound: there is no such sealed paper.
        Conflict: the sitting is not known, does not use the paper or has not begun; or the paper was altered.
    """
    paper = db.session.scalar(select(Paper).where(Paper.code == paper_code, Paper.state == PaperState.SEALED))
    if paper is None:
        raise NotFound(_l("There is no such sealed paper."))
    _require_begun(paper_code, sitting_code, min(at, clock.now()))
    content = _unsealed(paper)
    if is_reading():
        person_id = None if by is None else by.id
        with transaction():
            _record_opening(
                paper_code, sitting_code, None if person_id is None else db.session.get(Person, person_id)
            )
    else:
        _record_opening(paper_code, sitting_code, by)
    return content


def _require_begun(paper_code: str, sitting_code: str, moment: datetime) -> None:
    facts = next((found for source in sitting_sources if (found := source(sitting_code)) is not None), None)
    if facts is None:
        raise Conflict(_("No sitting %(code)s is known; the paper stays sealed.", code=sitting_code))
    if paper_code not in facts.paper_codes:
        raise Conflict(_("The sitting %(code)s does not use this paper.", code=sitting_code))
    if moment < facts.starts_at or not facts.is_under_way:
        raise Conflict(_("The sitting %(code)s has not begun; the paper stays sealed.", code=sitting_code))


def _unsealed(paper: Paper) -> PaperContent:
    """Decipher a paper and hold it against the hash that was put into the ledger when it was sealed."""
    try:
        paper_key = keys.unseal("exam", paper.key_sealed or b"", f"paper-key:{paper.code}")
        written = cipher.decrypt(paper_key, paper.content_sealed or b"", f"paper:{paper.code}")
    except ValueError:
        raise Conflict(_("The paper %(code)s was altered after sealing.", code=paper.code)) from None
    entry = db.session.scalar(select(Entry).where(Entry.leaf_hash == paper.ledger_leaf))
    facts = json.loads(entry.body)["facts"] if entry is not None and entry.body else {}
    if facts.get("paper") != paper.code or facts.get("content_hash") != hash_of(written):
        raise Conflict(_("The paper %(code)s was altered after sealing.", code=paper.code))
    return read_content(written)


def _record_opening(paper_code: str, sitting_code: str, by: Person | None) -> None:
    ledger.append("paper.opened", by=by, side="exam", paper=paper_code, sitting=sitting_code)
    if by is not None:
        paper = db.session.scalar(select(Paper).where(Paper.code == paper_code))
        if paper is not None and not has_seen(paper, by):
            db.session.add(Viewing(paper_id=paper.id, person_id=by.id))
            state_saw(by, paper_code)
