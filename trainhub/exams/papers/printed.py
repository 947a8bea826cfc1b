"""Printed forms under seal: made when the paper is sealed, opened by the rule of its sitting, the key last.

They are encrypted with the paper's own key and their hashes stand in the ledger. Whoever prints the booklet
may not have seen the key: neither while the paper was made, nor before all sittings that use it have ended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.papers.models import Paper, PaperState, PrintedForm, Viewing
from trainhub.exams.papers.models_opening import Opening
from trainhub.exams.papers.opening import opens_from
from trainhub.exams.papers.printed_sealing import Kind, context_of_form
from trainhub.exams.papers.relations import state_saw
from trainhub.exams.papers.sealing import NotOpened, PaperUse, use_sources
from trainhub.kernel import cipher, clock, keys
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of
from trainhub.separation.report_ledger import facts_of_entry

PRINT_DUTIES = (Duty.OPEN_PAPERS, Duty.REVIEW_PAPERS)


ended_sources: list[Callable[[Sequence[str]], list[PaperUse]]] = []
"""Who knows which sittings that used some papers have ended: the room of sittings puts its look-up here."""


@dataclass(frozen=True)
class Printable:
    """A printed form and whether it may be printed now (可否打印), for one sitting.

    Args:
        form: which.
        use: the sitting.
        problem: why not; empty: it may.
    """

    form: PrintedForm
    use: PaperUse
    problem: str


def printables(paper: Paper) -> list[Printable]:
    """Return for each sitting of a paper, coming and ended, what may be printed."""
    forms = db.session.scalars(select(PrintedForm).where(PrintedForm.paper_id == paper.id))
    by_kind = {form.kind: form for form in forms}
    coming, ended = _uses(paper)
    return [
        Printable(by_kind[kind], use, _problem(paper, kind, use, coming, ended))
        for use in (*coming, *ended)
        for kind in Kind
        if kind in by_kind
    ]


def _uses(paper: Paper) -> tuple[list[PaperUse], list[PaperUse]]:
    coming = [use for source in use_sources for use in source([paper.code])]
    ended = [use for source in ended_sources for use in source([paper.code])]
    return sorted(coming, key=lambda use: use.starts_at), sorted(ended, key=lambda use: use.starts_at)


def _problem(
    paper: Paper, kind: str, use: PaperUse, coming: Sequence[PaperUse], ended: Sequence[PaperUse]
) -> str:
    """Return why a form may not be printed for a sitting now; empty if it may."""
    if paper.key_sealed is None:
        return str(NotOpened(paper.code))
    if kind == Kind.KEY:
        if use in ended and not coming:
            return ""
        return _("The key is opened when all sittings that use the paper have ended.")
    if use in ended:
        return _("The sitting has ended.")
    moment = use.starts_at if paper.opening == Opening.CLOCK else opens_from(use.starts_at)
    if not use.is_under_way or clock.now() < moment:
        time = f"{clock.local(moment):%Y-%m-%d %H:%M}"
        return _("It is opened from %(time)s, once the sitting is open for entry.", time=time)
    return ""


def printed_forms_of(paper: Paper) -> list[PrintedForm]:
    """Return what was printed of a paper and lies under seal."""
    return list(db.session.scalars(select(PrintedForm).where(PrintedForm.paper_id == paper.id)))


def printed_papers(person: Person) -> list[Paper]:
    """Return the papers with printed forms of a person's organisations, the last sealed first."""
    statement = select(Paper).where(
        Paper.organisation_id.in_(organisations_of(person, *PRINT_DUTIES)),
        Paper.state == PaperState.SEALED,
        exists().where(PrintedForm.paper_id == Paper.id),
    )
    return list(db.session.scalars(statement.order_by(Paper.sealed_at.desc(), Paper.id.desc()).limit(30)))


def print_form(paper_code: str, kind: str, sitting_code: str, *, by: Person) -> bytes:
    """Hand out a printed form for a sitting; who and when goes into the ledger.

    Args:
        paper_code: of the paper.
        kind: which form.
        sitting_code: for which sitting.
        by: an opening officer, or for the key also a reviewer of papers.

    Raises:
        NotFound: the paper has no such form, or the person no such duty for it.
        Conflict: the rule of the sitting does not open it yet, or it was altered.
        Forbidden: the person knows the key already and would print the booklet.
        Refused: they are staff where the paper is used (S-17), or teach for its items (S-04).
    """
    lock("paper", paper_code)
    form = _get_form(paper_code, kind, by)
    paper = form.paper
    coming, ended = _uses(paper)
    use = next((use for use in (*coming, *ended) if use.sitting_code == sitting_code), None)
    if use is None:
        raise Conflict(_("The sitting %(code)s does not use this paper.", code=sitting_code))
    if problem := _problem(paper, kind, use, coming, ended):
        raise Conflict(problem)
    if kind != Kind.KEY and _knows_key(paper, by):
        raise Forbidden(_l("You have seen this paper with its key. Another officer prints the booklet."))
    pdf = _unsealed(form)
    _note_seen(paper, by)
    ledger.append("paper.form_printed", by=by, side="exam", paper=paper_code, form=kind, sitting=sitting_code)
    return pdf


def _get_form(paper_code: str, kind: str, by: Person) -> PrintedForm:
    duties = PRINT_DUTIES if kind == Kind.KEY else (Duty.OPEN_PAPERS,)
    statement = (
        select(PrintedForm)
        .join(Paper, Paper.id == PrintedForm.paper_id)
        .where(
            Paper.code == paper_code,
            Paper.state == PaperState.SEALED,
            Paper.organisation_id.in_(organisations_of(by, *duties)),
            PrintedForm.kind == kind,
        )
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no such printed form for you."))
    return found


def _knows_key(paper: Paper, by: Person) -> bool:
    """Tell whether a person has seen the paper while it was made, or printed its key since."""
    mine = records_of(by.id)
    if {paper.assembled_by_id, paper.reviewed_by_id, paper.sealed_by_id} & set(mine):
        return True
    seen = select(Viewing.id).where(
        Viewing.paper_id == paper.id, Viewing.person_id.in_(mine), Viewing.at <= paper.sealed_at
    )
    return db.session.scalar(seen.limit(1)) is not None


def _unsealed(form: PrintedForm) -> bytes:
    """Decipher a form and hold it against the hash that the ledger was told."""
    paper = form.paper
    altered = Conflict(_("The paper %(code)s was altered after sealing.", code=paper.code))
    try:
        paper_key = keys.unseal("exam", paper.key_sealed or b"", f"paper-key:{paper.code}")
        pdf = cipher.decrypt(paper_key, form.content_sealed, context_of_form(paper.code, form.kind))
    except ValueError:
        raise altered from None
    entry = db.session.scalar(select(Entry).where(Entry.leaf_hash == form.ledger_leaf))
    facts = {} if entry is None else facts_of_entry(entry)
    said = (facts.get("paper"), facts.get("form"), facts.get("content_hash"))
    if said != (paper.code, form.kind, hashlib.sha256(pdf).hexdigest()):
        raise altered
    return pdf


def _note_seen(paper: Paper, by: Person) -> None:
    mine = records_of(by.id)
    seen = select(Viewing.id).where(Viewing.paper_id == paper.id, Viewing.person_id.in_(mine))
    if db.session.scalar(seen.limit(1)) is None:
        db.session.add(Viewing(paper_id=paper.id, person_id=by.id))
        state_saw(by, paper.code)
