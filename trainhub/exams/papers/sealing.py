"""Sealing a paper and reading it once it is open: by a second person, and by the rule of the sitting."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank import review as items_review
from trainhub.exams.bank.media import require_whole
from trainhub.exams.bank.models import VersionState
from trainhub.exams.papers.content import PaperContent, content_of, hash_of, read_content, write_content
from trainhub.exams.papers.hiding import hidden_of, hide
from trainhub.exams.papers.models import Paper, PaperState, Viewing
from trainhub.exams.papers.models_opening import Opening, OpeningKey
from trainhub.exams.papers.printed_sealing import seal_forms
from trainhub.exams.papers.relations import state_contains, state_saw, state_sealed
from trainhub.exams.papers.reviewing import has_seen, require_reviewer
from trainhub.exams.papers.shareholders import hand_out, shareholders, written_of
from trainhub.exams.papers.shares import THRESHOLD
from trainhub.kernel import cipher, clock, keys
from trainhub.kernel.db import db, is_reading, transaction
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.people.models import Person


class NotOpened(Conflict):
    """The sitting may have begun, but the paper waits for two of its officers."""

    def __init__(self, paper_code: str) -> None:
        super().__init__(
            _("The paper %(code)s has not been opened yet: two of its officers open it.", code=paper_code)
        )


@dataclass(frozen=True)
class SittingFacts:
    """What the rule of opening needs to know of a sitting."""

    paper_codes: frozenset[str]
    starts_at: datetime
    is_under_way: bool


sitting_sources: list[Callable[[str], SittingFacts | None]] = []
"""Who knows sittings: the room of sittings puts its look-up here. Nobody known, nothing opened."""


@dataclass(frozen=True)
class PaperUse:
    """A sitting that uses a paper, as the officers who open it see it.

    Args:
        paper_code: which paper.
        sitting_code: which sitting.
        starts_at: when that begins.
        is_under_way: whether it is open for entry.
        is_reserve: whether the paper is kept for a break, and the sitting does not go on with it so far.
    """

    paper_code: str
    sitting_code: str
    starts_at: datetime
    is_under_way: bool
    is_reserve: bool = False


use_sources: list[Callable[[Sequence[str]], list[PaperUse]]] = []
"""Who knows which sittings, not yet closed, use some papers: the room of sittings puts its look-up here."""

sealed_by_master(Paper, "key_sealed", lambda row: f"paper-key:{row.code}")


def seal_paper(paper: Paper, officers: Sequence[Person] = (), *, by: Person, printed: bool = False) -> None:
    """Seal an approved paper: encrypted under its own key, its hash in the ledger.

    Args:
        paper: which.
        officers: who receive a share of its key, two of whom open it; nobody: the clock opens it.
        by: who seals.
        printed: whether forms on paper are made and sealed with it.

    Raises:
        Conflict: it is not approved, an item has left use, a file was changed, or an officer's key was.
        Invalid: the officers are too few, one of them cannot hold a share, or a question cannot be printed.
        Refused: S-12, the person assembled it; or a rule of content (S-04, S-17).
        Forbidden: the person does not review papers for the organisation.
    """
    require_reviewer(paper, by, (PaperState.REVIEWED,))
    _require_in_use(paper)
    holders = shareholders(paper, officers) if officers else []
    content = content_of(paper)
    for item in content.items:
        require_whole(item.item_code, item.body)
    hidden = hidden_of(paper) if holders else None
    written = write_content(content, hidden)
    paper_key = secrets.token_bytes(32)
    paper.content_hash = hash_of(written)
    if printed:
        seal_forms(paper, content, paper_key, paper.content_hash, by=by)
    paper.content_sealed = cipher.encrypt(paper_key, written, f"paper:{paper.code}")
    paper.questions = len(paper.places)
    paper.opening = Opening.OFFICERS if holders else Opening.CLOCK
    paper.state = PaperState.SEALED
    paper.sealed_by_id, paper.sealed_at = by.id, clock.now()
    state_sealed(by, paper.code)
    if hidden is not None:
        told = _seal_for_officers(paper, paper_key, holders, hidden, by)
    else:
        told = _seal_for_clock(paper, paper_key, by)
    entry = ledger.append(
        "paper.sealed",
        by=by,
        side="exam",
        paper=paper.code,
        content_hash=paper.content_hash,
        questions=paper.questions,
        marks=paper.marks,
        pass_mark=paper.pass_mark,
        minutes=paper.minutes,
        **told,
    )
    paper.ledger_leaf = entry.leaf_hash


def _require_in_use(paper: Paper) -> None:
    """Raise Conflict if a question was retired since, or a later version of it approved."""
    gone = [place.number for place in paper.places if place.version.state == VersionState.RETIRED]
    if gone:
        raise Conflict(
            _("Questions %(numbers)s were retired meanwhile. Send the paper back.", numbers=_listed(gone))
        )
    old = [place.number for place in paper.places if items_review.is_stood_in_for(place.version)]
    if old:
        raise Conflict(
            _(
                "A newer version of questions %(numbers)s was approved meanwhile. Send the paper back.",
                numbers=_listed(old),
            )
        )


def _listed(numbers: Sequence[int]) -> str:
    return _(", ").join(str(number) for number in numbers)


def _seal_for_clock(paper: Paper, paper_key: bytes, by: Person) -> dict[str, Any]:
    paper.key_sealed = keys.seal("exam", paper_key, f"paper-key:{paper.code}")
    items_review.put_live([place.version_id for place in paper.places])
    state_contains(paper.code, [place.item.code for place in paper.places], by=by)
    return {"opening": Opening.CLOCK}


def _seal_for_officers(
    paper: Paper, paper_key: bytes, holders: Sequence[OpeningKey], hidden: Mapping[str, Any], by: Person
) -> dict[str, Any]:
    given = hand_out(paper, paper_key, holders)
    hide(paper, hidden, by=by)
    return {"opening": Opening.OFFICERS, "threshold": THRESHOLD, "shares": given}


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
        NotOpened: it waits for two of its officers.
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
    if paper.key_sealed is None:
        raise NotOpened(paper.code)
    try:
        paper_key = keys.unseal("exam", paper.key_sealed, f"paper-key:{paper.code}")
    except ValueError:
        raise Conflict(_("The paper %(code)s was altered after sealing.", code=paper.code)) from None
    return read_content(written_of(paper, paper_key))


def _record_opening(paper_code: str, sitting_code: str, by: Person | None) -> None:
    ledger.append("paper.opened", by=by, side="exam", paper=paper_code, sitting=sitting_code)
    if by is not None:
        paper = db.session.scalar(select(Paper).where(Paper.code == paper_code))
        if paper is not None and not has_seen(paper, by):
            db.session.add(Viewing(paper_id=paper.id, person_id=by.id))
            state_saw(by, paper_code)
