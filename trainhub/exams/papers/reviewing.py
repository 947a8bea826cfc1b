"""Reading the proof of a paper, approving it and sending it back: by a second person, on record."""

from __future__ import annotations

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.papers.content import PaperContent, content_of
from trainhub.exams.papers.models import Paper, PaperReview, PaperState, Viewing
from trainhub.exams.papers.relations import require_other_than_assembler, state_saw
from trainhub.kernel import clock, keys
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

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
        Invalid: the remark is too long.
        Refused: S-12, the person assembled it.
        Forbidden: the person does not review papers for the organisation.
    """
    require_reviewer(paper, by, (PaperState.ASSEMBLED,))
    if not has_seen(paper, by):
        raise Conflict(_("Read the proof before you approve the paper."))
    paper.state = PaperState.REVIEWED
    paper.reviewed_by_id, paper.reviewed_at = by.id, clock.now()
    _note(paper, "approved", text, by)
    ledger.append("paper.approved", by=by, side="exam", paper=paper.code)


def send_paper_back(paper: Paper, text: str, *, by: Person) -> None:
    """Send a paper back to who assembled it, with a reason.

    Raises:
        Invalid: no reason is given, or it is too long.
        Conflict: it is sealed or not waiting.
        Refused: S-12, the person assembled it.
        Forbidden: the person does not review papers for the organisation.
    """
    if not text.strip():
        raise Invalid(_("Say what is to be changed."))
    require_reviewer(paper, by, (PaperState.ASSEMBLED, PaperState.REVIEWED))
    paper.state = PaperState.SENT_BACK
    _note(paper, "sent_back", text, by)
    ledger.append("paper.sent_back", by=by, side="exam", paper=paper.code)


def require_reviewer(paper: Paper, by: Person, states: tuple[PaperState, ...]) -> None:
    """Lock a paper that somebody else assembled, for a reviewer of its organisation.

    Raises:
        Conflict: it is in none of the states.
        Refused: S-12, the person assembled it.
        Forbidden: the person does not review papers for the organisation.
    """
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
