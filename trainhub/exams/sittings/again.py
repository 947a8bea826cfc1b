"""Registering people of an earlier sitting for another one of the same examination (补考报名).

They are taken like the rows of a roster: fifty in a deed, each judged by the same rules, and what became of
each is kept with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub.exams.sittings.imports import Verdict, judge
from trainhub.exams.sittings.models import Candidate, ImportState, RosterImport, Sitting
from trainhub.exams.sittings.plan import capacity, get_sitting, number_of_candidates
from trainhub.exams.sittings.registration import MAY_REGISTER, require_registering
from trainhub.exams.sittings.roster_work import (
    end_without_report,
    import_kept,
    said_to_have_ended,
    still_to_do,
)
from trainhub.exams.sittings.rosters import LABELS, Roster, RosterRow
from trainhub.kernel import clock, jobs
from trainhub.kernel.broken_off import when_given_up
from trainhub.kernel.db import db, reading
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _, _l, as_kept, for_any_reader, ngettext
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.jobs import Job, Progress, job, path_to
from trainhub.people.models import Person
from trainhub.people.persons import id_number_of

AGAIN = "sittings.again"
_TOLD = ("name", "id_number", "employer", "training_body")


def sittings_to_come(after: Sitting, centres: Sequence[int]) -> list[Sitting]:
    """Return the planned sittings of some centres that hold the same examination as an earlier one."""
    statement = select(Sitting).where(
        Sitting.organisation_id.in_(centres),
        Sitting.qualification == after.qualification,
        Sitting.part == after.part,
        Sitting.state.in_(MAY_REGISTER),
        Sitting.starts_at > clock.now(),
    )
    return list(db.session.scalars(statement.order_by(Sitting.starts_at)))


def seats_left(sitting: Sitting) -> int:
    """Return how many more candidates a sitting has seats for."""
    return max(0, capacity(sitting) - number_of_candidates(sitting))


def judge_again(candidates: Sequence[Candidate], to: Sitting) -> list[Verdict]:
    """Say of people of an earlier sitting whether they may come to another one, whatever seats it has."""
    return judge(_rows(candidates), [to], whatever_seats=True)


def register_again(
    candidates: Sequence[Candidate], after: Sitting, to: Sitting, *, by: Person, language: str
) -> Job:
    """Queue the registration of people of an earlier sitting for another one; see what became of it later.

    Args:
        candidates: of the earlier sitting.
        after: the earlier sitting.
        to: the other one.
        by: who registers.
        language: of who asked.

    Raises:
        Invalid: nobody is chosen, or the other sitting holds another examination.
        Conflict: registration for it is over, or it has no seat left.
    """
    if not candidates:
        raise Invalid(_("Choose at least one person."))
    if (to.qualification, to.part) != (after.qualification, after.part):
        raise Invalid(_("The sitting %(code)s holds another examination.", code=to.code))
    require_registering(to)
    if not seats_left(to):
        raise Conflict(_("No seat is left in the sitting %(code)s.", code=to.code))
    kept = RosterImport(
        id=random_id(),
        file_name=as_kept(_l("People of the sitting %(code)s who come again", code=after.code)),
        sitting_codes=[to.code],
        accept_good=True,
        organisation_id=to.organisation_id,
        imported_by_id=by.id,
    )
    db.session.add(kept)
    title = _l("Registering people of the sitting %(code)s who come again", code=after.code)
    codes = [candidate.code for candidate in candidates]
    facts = {"import_id": kept.id, "after": after.code, "candidates": codes}
    return jobs.start(AGAIN, title, by=by, language=language, **facts)


@job(AGAIN, again=True)
def run_again(progress: Progress, import_id: str, after: str, candidates: list[str]) -> str:
    """Register the people who were chosen, or the rest of them after it was broken off."""
    result = path_to("sittings.roster_result", import_id=import_id)
    with reading():
        if still_to_do(import_id) is None:
            return result
        rows = tuple(_rows(_chosen(after, candidates)))
    with said_to_have_ended(import_id, _broken_off), for_any_reader():
        header = (_("Ticket number"), *(str(LABELS[name]) for name in _TOLD))
        import_kept(import_id, Roster(header, rows, after=after), progress)
    progress.tell(len(rows), len(rows), _("Done"))
    return result


def _broken_off(registered: int) -> str:
    return ngettext(
        "This was broken off: %(num)s person is registered. Choose the others once more.",
        "This was broken off: %(num)s people are registered. Choose the others once more.",
        registered,
    )


@when_given_up(AGAIN)
def give_up(import_id: str, **_arguments: object) -> None:
    """Say of a registration whose process died again and again that it goes on no more."""
    kept = db.session.get_one(RosterImport, import_id)
    if kept.state == ImportState.WAITING:
        end_without_report(kept)


def _chosen(after: str, codes: Sequence[str]) -> list[Candidate]:
    """Return the candidates of the earlier sitting in the order of their tickets."""
    wanted = set(codes)
    statement = (
        select(Candidate)
        .where(Candidate.sitting_id == get_sitting(after).id)
        .options(joinedload(Candidate.person))
        .order_by(Candidate.ticket_number)
    )
    return [each for each in db.session.scalars(statement) if each.code in wanted]


def _rows(candidates: Sequence[Candidate]) -> list[RosterRow]:
    """Return people of an earlier sitting as rows of a roster; each is called by the ticket of then."""
    return [_row(number, candidate) for number, candidate in enumerate(candidates, start=1)]


def _row(number: int, candidate: Candidate) -> RosterRow:
    said = (
        candidate.person.name,
        id_number_of(candidate.person) or "",
        candidate.employer_name,
        candidate.training_body_name,
    )
    values = dict(zip(_TOLD, said, strict=True))
    reasons = () if values["id_number"] else (_("The person's ID number is not on record."),)
    return RosterRow(candidate.ticket_number, number, (candidate.ticket_number, *said), values, reasons)
