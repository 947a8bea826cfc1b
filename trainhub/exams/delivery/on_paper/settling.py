"""What two readings of a sheet come to: taken where they agree, decided by a third where they differ."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from trainhub import ledger, regulations
from trainhub.exams.bank.details import WHOLE_PICTURE
from trainhub.exams.delivery.batch import Deed, do_to
from trainhub.exams.delivery.deeds import Close
from trainhub.exams.delivery.form import Form, read_form
from trainhub.exams.delivery.models import Attempt, AttemptState, Ending
from trainhub.exams.delivery.models_on_paper import AnswerSheet, Kind, Reading, SheetState
from trainhub.exams.delivery.on_paper.deed import TakeFromPaper
from trainhub.exams.delivery.on_paper.keyed import Entry, Mark, are_same, kept_entries, name_of, write_entries
from trainhub.exams.sittings import Obstacle, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import DomainError
from trainhub.kernel.i18n import ngettext
from trainhub.people.models import Person

NEEDED = 2


def form_of(sheet: AnswerSheet) -> Form:
    """Return what can be answered on a sheet, in the paper's own order."""
    return read_form(sheet.form or "[]")


def readings_compared(sheet: AnswerSheet) -> tuple[Reading, ...]:
    """Return the two readings that count, if there are two."""
    return tuple(sheet.entered(Kind.READ)[:NEEDED])


def differing(sheet: AnswerSheet) -> list[int]:
    """Return the places at which the two readings differ, from 0."""
    both = [kept_entries(each.entries or "[]") for each in readings_compared(sheet)]
    if len(both) < NEEDED:
        return []
    form, within = form_of(sheet), _distance(sheet)
    pairs = zip(form, *both, strict=True)
    return [at for at, (place, one, other) in enumerate(pairs) if not are_same(place, one, other, within)]


def _distance(sheet: AnswerSheet) -> int:
    """Return how far two crosses may lie apart and count as one, in ten-thousandths of a picture."""
    day = clock.local(sheet.attempt.sitting.starts_at).date()
    return int(regulations.value("exam.sheet.cross_percent", on=day)) * WHOLE_PICTURE // 100


def agreed(sheet: AnswerSheet) -> dict[int, Entry]:
    """Return by place, from 0, what two readings say alike; of crosses those of the first."""
    read = readings_compared(sheet)
    apart = set(differing(sheet))
    entries = kept_entries(read[0].entries or "[]") if read else []
    return {place: entry for place, entry in enumerate(entries) if place not in apart}


def settle(sheet: AnswerSheet, *, by: Person) -> None:
    """Settle a sheet as far as what was entered lets one; call it with the sheet held."""
    decided, missing = sheet.entered(Kind.DECISION), sheet.entered(Kind.MISSING)
    read = readings_compared(sheet)
    if decided:
        _take(sheet, kept_entries(decided[0].entries or "[]"), by)
    elif len(missing) >= NEEDED:
        _give_up(sheet, by)
    elif len(read) == NEEDED and differing(sheet):
        if sheet.state != SheetState.DIFFERS:
            sheet.state = SheetState.DIFFERS
            _record("sheet.differs", sheet, by, places=_names(sheet, differing(sheet)))
    elif len(read) == NEEDED:
        _take(sheet, kept_entries(read[0].entries or "[]"), by)


def _take(sheet: AnswerSheet, entries: Sequence[Entry], by: Person) -> None:
    attempt = sheet.attempt
    paper_code = attempt.paper_code or attempt.sitting.paper_code or ""
    answers = [each.response for each in entries]
    _do(attempt, TakeFromPaper(sheet.form or "[]", paper_code, answers, by.id))
    sheet.state, sheet.settled_at = SheetState.SETTLED, clock.now()
    sheet.settled = write_entries(entries)
    _record(
        "sheet.settled",
        sheet,
        by,
        readers=[each.person_id for each in sheet.entered()],
        differed=_names(sheet, differing(sheet)),
        empty=_marked(sheet, entries, Mark.EMPTY),
        unreadable=_marked(sheet, entries, Mark.UNREADABLE),
    )


def _give_up(sheet: AnswerSheet, by: Person) -> None:
    """Seal an attempt whose sheet two people did not find: it does not count, and nothing is guessed."""
    _do(sheet.attempt, Close(Ending.SHEET_MISSING, by.id))
    sheet.state, sheet.settled_at = SheetState.MISSING, clock.now()
    _record("sheet.missing", sheet, by, readers=[each.person_id for each in sheet.entered(Kind.MISSING)])


def _do(attempt: Attempt, deed: Deed) -> None:
    db.session.flush()
    outcome = do_to(db.session.connection(), [attempt.id], deed)[0]
    db.session.refresh(attempt)
    if isinstance(outcome, DomainError):
        raise outcome


def _marked(sheet: AnswerSheet, entries: Sequence[Entry], mark: Mark) -> list[str]:
    return _names(sheet, [place for place, each in enumerate(entries) if each.mark is mark])


def _names(sheet: AnswerSheet, places: Sequence[int]) -> list[str]:
    form = form_of(sheet)
    return [name_of(form[place]) for place in places]


def _record(kind: str, sheet: AnswerSheet, by: Person, **facts: object) -> None:
    attempt = sheet.attempt
    known = {"sitting": attempt.sitting.code, "sheet": sheet.code, "attempt": attempt.code}
    ledger.append(kind, by=by, side="exam", **known, **facts)


def unsettled(sitting: Sitting) -> list[Obstacle]:
    """Return what keeps a sitting from being marked: answer sheets that are not settled."""
    statement = select(func.count()).where(
        Attempt.sitting_id == sitting.id,
        Attempt.on_paper.is_(True),
        Attempt.state != AttemptState.HANDED_IN,
    )
    count = db.session.scalar(statement) or 0
    if not count:
        return []
    told = ngettext(
        "%(num)s answer sheet waits to be entered by two people.",
        "%(num)s answer sheets wait to be entered by two people.",
        count,
    )
    return [Obstacle(told)]
