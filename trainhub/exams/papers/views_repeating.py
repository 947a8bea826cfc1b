"""Pages of repeated assemblies: which there are, what came of repeating one, and doing so."""

from __future__ import annotations

from flask import Blueprint as Pages
from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from trainhub.exams.papers.assembled import STATUS, get_assembly, last_assemblies
from trainhub.exams.papers.listing import PAPER_DUTIES
from trainhub.exams.papers.repeating import repetitions_of, start_repeating
from trainhub.governance.guards import current_duties, requires
from trainhub.kernel.db import writes
from trainhub.kernel.i18n import choose_language
from trainhub.kernel.sent_forms import take_form
from trainhub.people.sign_in import current_person
from trainhub.separation.duties import Duty

LOOKING = (*PAPER_DUTIES, Duty.AUDIT)
REPEATING = (Duty.REVIEW_PAPERS, Duty.AUDIT)


@requires(*LOOKING)
def list_assemblies() -> ResponseReturnValue:
    """List the last assemblies."""
    return render_template(
        "papers/assemblies.html", assemblies=last_assemblies(current_person()), status=STATUS
    )


@requires(*LOOKING)
def show_repetitions(code: str) -> ResponseReturnValue:
    """Show who repeated an assembly, and whether the same forms came of it."""
    assembly = get_assembly(code, by=current_person())
    return render_template(
        "papers/repetitions.html",
        assembly=assembly,
        repetitions=repetitions_of(assembly),
        status=STATUS,
        may_look=bool(current_duties() & set(PAPER_DUTIES)),
        may_repeat=bool(current_duties() & set(REPEATING)),
    )


@requires(*REPEATING)
@writes
def repeat(code: str) -> ResponseReturnValue:
    """Have an assembly repeated in the background."""
    take_form(None, lambda: show_repetitions(code))
    person = current_person()
    row = start_repeating(get_assembly(code, by=person), by=person, language=choose_language())
    return redirect(url_for("jobs.show", job_id=row.id))


def add_routes(papers: Pages) -> None:
    """Put these pages under the addresses of papers."""
    papers.get("/assemblies")(list_assemblies)
    papers.get("/assemblies/<code>/repetitions")(show_repetitions)
    papers.post("/assemblies/<code>/repetitions")(repeat)
