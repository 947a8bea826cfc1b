"""The page of printed forms: what may be printed for which sitting, and the files themselves."""

from __future__ import annotations

from flask import Blueprint as Pages
from flask import render_template
from flask.typing import ResponseReturnValue

from trainhub.exams.papers.printed import PRINT_DUTIES, print_form, printables, printed_papers
from trainhub.exams.papers.printed_sealing import KINDS, Kind
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel.db import writes
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty


@requires(*PRINT_DUTIES)
def list_printed() -> ResponseReturnValue:
    """List the papers with printed forms and what may be printed of them now."""
    papers = printed_papers(current_person())
    return render_template(
        "papers/printed.html",
        papers=[(paper, printables(paper)) for paper in papers],
        kinds={str(kind): label for kind, label in KINDS.items()},
        may_print_all=Duty.OPEN_PAPERS in current_duties(),
    )


@requires(*PRINT_DUTIES)
@writes
def hand_out_form(code: str, kind: str, sitting: str) -> ResponseReturnValue:
    """Hand out a printed form; it is a deed, for it is put on record."""
    take_form(None, list_printed)
    if kind not in list(Kind):
        raise NotFound(_l("There is no such printed form for you."))
    pdf = print_form(code, kind, sitting, by=current_person())
    name = f"{code}-{kind}.pdf"
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return pdf, 200, headers


def add_routes(papers: Pages) -> None:
    """Put these pages under the addresses of papers."""
    papers.get("/printed")(list_printed)
    papers.post("/<code>/printed/<kind>/<sitting>")(hand_out_form)
