"""Assembling as background work: nobody waits at a page for a search of a minute."""

from __future__ import annotations

from trainhub.exams.papers.assembly import keep, require_assembler
from trainhub.exams.papers.models import Blueprint
from trainhub.exams.papers.preparing import SECONDS, prepare, search
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.jobs import Job, Progress, job, path_to
from trainhub.people.models import Person

ASSEMBLE = "papers.assemble"


def start_assembly(blueprint: Blueprint, forms: int | None, *, by: Person, language: str) -> Job:
    """Have forms assembled by a blueprint in the background.

    Raises:
        Forbidden: the person does not assemble papers for the organisation.
    """
    require_assembler(blueprint.organisation_id, by)
    title = _l("Assemble papers: %(name)s", name=blueprint.name)
    return jobs.start(
        ASSEMBLE, title, by=by, language=language, blueprint_id=blueprint.id, forms=forms, by_id=by.id
    )


@job(ASSEMBLE, again=True)
def run_assembly(progress: Progress, blueprint_id: int, forms: int | None, by_id: str) -> str:
    """Read, search outside any transaction, write; return where the result is shown."""
    progress.tell(0, SECONDS, _("The bank is read."))
    prepared = prepare(db.session.get_one(Blueprint, blueprint_id), forms=forms)
    db.session.rollback()
    progress.tell(1, SECONDS, _("The forms are searched; a minute at most."))

    def told(line: str) -> None:
        seconds = int(float(line.partition(" ")[0]))
        progress.tell(min(SECONDS, seconds + 1), SECONDS, _("The forms are searched; a minute at most."))

    problem, outcome = search(prepared, told)
    with transaction():
        assembly = keep(prepared, problem, outcome, by=db.session.get_one(Person, by_id))
        shown_at = path_to("papers.show_assembly", code=assembly.code)
        progress.end(shown_at)
    return shown_at
