"""Repeating an assembly (组卷复演): the same forms have to come of what was kept, or it is told."""

from __future__ import annotations

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.papers.assembled import get_assembly
from trainhub.exams.papers.assembly import hashes_of, numbered, prepared_again
from trainhub.exams.papers.models import Assembly, Paper, Repetition
from trainhub.exams.papers.preparing import SECONDS, Prepared, search
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.jobs import Job, Progress, job, path_to
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.report_ledger import facts_of_entry

REPEAT = "papers.repeat"


def repetitions_of(assembly: Assembly) -> list[Repetition]:
    """Return who repeated an assembly and what came of it, the newest first."""
    wanted = select(Repetition).where(Repetition.assembly_id == assembly.id)
    return list(db.session.scalars(wanted.order_by(Repetition.id.desc())))


def start_repeating(assembly: Assembly, *, by: Person, language: str) -> Job:
    """Have an assembly repeated in the background.

    Raises:
        Conflict: a paper that was set or counted then waits for its officers, and the seed is covered.
    """
    prepared_again(assembly)
    title = _l("Repeat the assembly %(code)s", code=assembly.code)
    return jobs.start(REPEAT, title, by=by, language=language, code=assembly.code, by_id=by.id)


@job(REPEAT, again=True)
def run_repeating(progress: Progress, code: str, by_id: str) -> str:
    """Search once more outside any transaction, compare, put it on record; return where it is shown."""
    assembly = get_assembly(code, by=db.session.get_one(Person, by_id))
    prepared = prepared_again(assembly)
    is_kept_whole = hashes_of(prepared) == _told(assembly)
    db.session.rollback()
    progress.tell(1, SECONDS, _("The forms are searched; a minute at most."))
    _problem, outcome = search(prepared)
    pairs = zip(outcome.forms, outcome.cells, strict=True)
    found = [list(zip(form, cells, strict=True)) for form, cells in pairs]
    with transaction():
        by = db.session.get_one(Person, by_id)
        assembly = get_assembly(code, by=by)
        forms = [_compared(paper, prepared, found) for paper in assembly.papers]
        row = Repetition(
            assembly=assembly,
            is_kept_whole=is_kept_whole,
            status=outcome.status,
            forms=forms,
            seconds=round(outcome.seconds, 2),
            by_id=by.id,
        )
        db.session.add(row)
        db.session.flush()
        ledger.append("papers.repeated", by=by, side="exam", assembly=code, same=row.is_same)
        shown_at = path_to("papers.show_repetitions", code=code)
        progress.end(shown_at)
    return shown_at


def _told(assembly: Assembly) -> tuple[str, str]:
    """Return the hashes of seed and inputs that the ledger was told when the papers were assembled."""
    named = Entry.body.contains(assembly.code, autoescape=True)
    for entry in db.session.scalars(select(Entry).where(Entry.kind == "papers.assembled", named)):
        facts = facts_of_entry(entry)
        if facts.get("assembly") == assembly.code:
            return str(facts.get("seed_hash")), str(facts.get("inputs_hash"))
    return "", ""


def _compared(
    paper: Paper, prepared: Prepared, found: list[list[tuple[str, int]]]
) -> dict[str, int | bool | str]:
    """Return whether a form that was found again holds what the kept paper holds."""
    number = paper.form or 0
    form = found[number - 1] if 0 < number <= len(found) else []
    again = numbered(paper, prepared, [code for code, _cell in form], [cell for _code, cell in form])
    kept = [(each.number, each.version_id, each.marks) for each in paper.places]
    now = [(each.number, each.version_id, each.marks) for each in again]
    same = sorted(version for _number, version, _marks in kept) == sorted(version for _n, version, _m in now)
    return {"form": number, "paper": paper.code, "same_questions": same, "same_order": kept == now}
