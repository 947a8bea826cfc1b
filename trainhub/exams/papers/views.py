"""Pages of papers: blueprints, papers, the proof, the seal."""

from __future__ import annotations

from typing import Any

from flask import Blueprint as Pages
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub import regulations
from trainhub.exams.bank.content import SETTABLE, TYPE_LABELS
from trainhub.exams.bank.flags import open_kinds
from trainhub.exams.bank.media import clear_media, media_of
from trainhub.exams.bank.media.serving import file_response
from trainhub.exams.bank.media.store import bank_of, lengths_of_films
from trainhub.exams.bank.wording import words_of
from trainhub.exams.papers import (
    views_blueprints,
    views_enemies,
    views_opening,
    views_printed,
    views_repeating,
)
from trainhub.exams.papers.assembly import discard
from trainhub.exams.papers.checks import checks_of, facts_of
from trainhub.exams.papers.forms import DeedForm, SealForm
from trainhub.exams.papers.listing import PAPER_DUTIES, get_paper, papers_of
from trainhub.exams.papers.models import Paper, PaperState
from trainhub.exams.papers.models_opening import Opening
from trainhub.exams.papers.opening import are_overdue, forget_overdue, officers_who_opened
from trainhub.exams.papers.printed import PRINT_DUTIES, printed_forms_of
from trainhub.exams.papers.printed_sealing import KINDS
from trainhub.exams.papers.proof import length_of, proof_pdf
from trainhub.exams.papers.proving import prove
from trainhub.exams.papers.reviewing import (
    approve_paper,
    has_seen,
    proof_of,
    remarks_on,
    see_proof,
    send_paper_back,
)
from trainhub.exams.papers.sealing import seal_paper
from trainhub.exams.papers.seen import seen_of
from trainhub.exams.papers.shareholders import all_shares, possible_officers
from trainhub.exams.papers.shares import THRESHOLD
from trainhub.exams.papers.witness import bear_witness
from trainhub.exams.papers.work import open_work
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel import clock
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.pages import paginate
from trainhub.kernel.rooms import NavigationEntry, Room
from trainhub.kernel.sent_forms import Incomplete, take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

papers = Pages("papers", __name__, url_prefix="/exam/papers")
views_blueprints.add_routes(papers)
views_enemies.add_routes(papers)
views_printed.add_routes(papers)
views_opening.add_routes(papers)
views_repeating.add_routes(papers)

STATES = {
    PaperState.ASSEMBLED: (_l("waits for review"), "info"),
    PaperState.SENT_BACK: (_l("sent back"), "warn"),
    PaperState.REVIEWED: (_l("approved, to be sealed"), "info"),
    PaperState.SEALED: (_l("sealed"), "good"),
    PaperState.DISCARDED: (_l("discarded"), "neutral"),
}


@papers.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "paper_states": STATES,
        "question_types": {kind: TYPE_LABELS[kind] for kind in SETTABLE},
        "qualification_label": _qualification,
    }


def _qualification(code: str) -> str:
    return next(
        (each.name for each in regulations.qualifications(on=clock.today()) if each.code == code), code
    )


@papers.get("/")
@requires(*PAPER_DUTIES)
def list_papers() -> ResponseReturnValue:
    """List the papers of the person's centres."""
    return render_template("papers/list.html", page=paginate(papers_of(current_person()), per_page=30))


@papers.get("/<code>")
@requires(*PAPER_DUTIES)
def show_paper(code: str) -> ResponseReturnValue:
    """Show where a paper stands and what the person may do next; not what it asks."""
    return _paper_page(get_paper(code, by=current_person()))


def _paper_page(paper: Paper, seal_form: SealForm | None = None, form: DeedForm | None = None) -> str:
    person, duties = current_person(), current_duties()
    is_open = paper.state not in (PaperState.SEALED, PaperState.DISCARDED)
    is_other = paper.assembled_by_id != person.id
    may_review = Duty.REVIEW_PAPERS in duties and is_open and paper.state != PaperState.SENT_BACK
    return render_template(
        "papers/paper.html",
        paper=paper,
        remarks=remarks_on(paper),
        has_seen=has_seen(paper, person),
        is_open=is_open,
        may_review=may_review and is_other,
        is_own=may_review and not is_other,
        may_discard=Duty.ASSEMBLE_PAPERS in duties and is_open,
        form=form or DeedForm(formdata=None),
        seal_form=seal_form or _seal_form(paper, formdata=None),
        shares=all_shares(paper),
        opened_by=officers_who_opened(paper),
        flagged=len(open_kinds([each.version_id for each in paper.places])) if is_open else 0,
        printed=printed_forms_of(paper),
        printed_kinds=KINDS,
        may_print=any(duty in duties for duty in PRINT_DUTIES),
    )


def _seal_form(paper: Paper, **given: Any) -> SealForm:
    form = SealForm(**given)
    form.officers.choices = [(person.id, person.name) for person in possible_officers(paper)]
    return form


@papers.post("/<code>/proof")
@requires(*PAPER_DUTIES)
@writes
def open_proof(code: str) -> ResponseReturnValue:
    """Record that the person sees the paper, then show it."""
    take_form(None, lambda: show_paper(code))
    see_proof(get_paper(code, by=current_person()), by=current_person())
    return redirect(url_for(".show_proof", code=code))


@papers.get("/<code>/proof")
@requires(*PAPER_DUTIES)
def show_proof(code: str) -> ResponseReturnValue:
    """Show the proof to somebody whose viewing is on record."""
    paper = get_paper(code, by=current_person())
    content = proof_of(paper, by=current_person())
    words = {
        each.number: words_of(
            each.type, each.body, lengths=lengths_of_films(bank_of(each.item_code), each.body)
        )
        for each in content.items
    }
    return render_template(
        "papers/proof.html",
        paper=paper,
        content=content,
        length=length_of(content),
        questions=content.items,
        words=words,
        files={
            medium.digest: url_for(".show_medium", code=code, digest=medium.digest)
            for item in content.items
            for medium in media_of(item.body)
        },
        seen={each.number: seen_of(each.type, each.body) for each in content.items},
        checks=checks_of(paper),
        facts=facts_of(paper),
    )


@papers.get("/<code>/proof/files/<digest>")
@requires(*PAPER_DUTIES)
def show_medium(code: str, digest: str) -> ResponseReturnValue:
    """Hand out a file of the proof to somebody whose viewing is on record."""
    content = proof_of(get_paper(code, by=current_person()), by=current_person())
    for item in content.items:
        kinds = {medium.digest: medium.content_type for medium in media_of(item.body)}
        if digest in kinds:
            return file_response(clear_media(item.item_code, item.body)[digest], kinds[digest])
    raise NotFound(_l("This paper has no such file."))


@papers.get("/<code>/proof.pdf")
@requires(*PAPER_DUTIES)
def print_proof(code: str) -> ResponseReturnValue:
    """Hand out the proof as PDF to somebody whose viewing is on record."""
    paper, person = get_paper(code, by=current_person()), current_person()
    pdf = proof_pdf(proof_of(paper, by=person), _qualification(paper.qualification), person.name)
    return (
        pdf,
        200,
        {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{code}.pdf"'},
    )


@papers.post("/<code>/approve")
@requires(Duty.REVIEW_PAPERS)
@writes
def approve(code: str) -> ResponseReturnValue:
    """Approve a paper after reading its proof."""
    paper = get_paper(code, by=current_person(), duty=Duty.REVIEW_PAPERS)
    form = DeedForm()
    take_form(form, lambda: _paper_page(paper, form=form))
    approve_paper(paper, form.text.data or "", by=current_person())
    flash(_("The paper is approved. Seal it when nothing is open."), "success")
    return redirect(url_for(".show_paper", code=code))


@papers.post("/<code>/send-back")
@requires(Duty.REVIEW_PAPERS)
@writes
def send_back(code: str) -> ResponseReturnValue:
    """Send a paper back with a reason."""
    paper = get_paper(code, by=current_person(), duty=Duty.REVIEW_PAPERS)
    form = DeedForm()
    take_form(form, lambda: _paper_page(paper, form=form), at="text")
    send_paper_back(paper, form.text.data or "", by=current_person())
    flash(_("The paper is sent back."), "success")
    return redirect(url_for(".show_paper", code=code))


@papers.post("/<code>/seal")
@requires(Duty.REVIEW_PAPERS)
@writes
def seal(code: str) -> ResponseReturnValue:
    """Seal an approved paper."""
    paper = get_paper(code, by=current_person(), duty=Duty.REVIEW_PAPERS)
    form = _seal_form(paper)
    take_form(form, lambda: _paper_page(paper, form))
    by_officers = form.opening.data == Opening.OFFICERS
    officers = [each for each in possible_officers(paper) if each.id in (form.officers.data or ())]
    if by_officers and len(officers) < THRESHOLD:
        form.officers.errors = [_("Choose two officers at least; with three, one of them may be away.")]
        raise Incomplete
    seal_paper(paper, officers if by_officers else (), by=current_person(), printed=bool(form.printed.data))
    if by_officers:
        flash(_("The paper is sealed. Two of its officers open it before its sitting begins."), "success")
    else:
        flash(_("The paper is sealed. It opens when its sitting begins, and not before."), "success")
    return redirect(url_for(".show_paper", code=code))


@papers.post("/<code>/discard")
@requires(Duty.ASSEMBLE_PAPERS)
@writes
def throw_away(code: str) -> ResponseReturnValue:
    """Give up a paper that is not sealed."""
    take_form(None, lambda: show_paper(code))
    discard(get_paper(code, by=current_person(), duty=Duty.ASSEMBLE_PAPERS), by=current_person())
    flash(_("The paper is discarded."), "success")
    return redirect(url_for(".list_papers"))


room = Room(
    name="exams.papers",
    side="exam",
    blueprints=(papers,),
    navigation=(
        NavigationEntry(_l("Papers"), "papers.list_papers", tuple(PAPER_DUTIES)),
        NavigationEntry(_l("Assemblies"), "papers.list_assemblies", (Duty.REVIEW_PAPERS, Duty.AUDIT)),
        NavigationEntry(_l("Printed papers"), "papers.list_printed", (Duty.OPEN_PAPERS,)),
        NavigationEntry(_l("Opening papers"), "papers.list_openings", (Duty.OPEN_PAPERS,)),
    ),
    chores=(Chore("first shares", are_overdue, forget_overdue),),
    open_work=open_work,
    proof=prove,
    witness=bear_witness,
)
