"""Importing a question file: every row accounted for, nothing twice, nothing doubtful in use."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.alike.pairs import warnings_for, warnings_if_taken_in
from trainhub.exams.bank.banks import knowledge_points
from trainhub.exams.bank.import_report import Report
from trainhub.exams.bank.imports_again import CameIn, note_came_in
from trainhub.exams.bank.imports_held import held_before, hold_rows, row_prints
from trainhub.exams.bank.items import Draft, add_items, require_author
from trainhub.exams.bank.known import Known, as_similar, same_or_similar
from trainhub.exams.bank.levels import level_named
from trainhub.exams.bank.media import bring
from trainhub.exams.bank.media.needed import let_file_go
from trainhub.exams.bank.models import Bank, Import, Item
from trainhub.exams.bank.prints import exact_prints, fingerprints
from trainhub.exams.bank.reading import ParsedFile, Row
from trainhub.exams.bank.reading.proposed import as_proposal
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.syllabus import by_text, choosable
from trainhub.exams.bank.vault import lock_bank, seal
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.i18n import _
from trainhub.kernel.rewrapping import lots
from trainhub.people.models import Person

AT_ONCE = 100
"""Rows written in one transaction, a fifth of a second: nobody waits for a long file."""

Tell = Callable[[int, int], None]


@dataclass
class _Sorted:
    """The rows of a file divided by what is to be done with them.

    Args:
        fresh: to be written.
        held: to be held.
        report: of all of them.
        decided: rows held before, by their prints, each with the import that brought it.
        kept: this import; what it held before it was broken off is not held twice.
    """

    fresh: list[tuple[Row, Draft]]
    held: list[Row]
    report: Report
    decided: dict[str, str]
    kept: str | None


def import_items(
    parsed: ParsedFile,
    bank_id: int,
    kept: str | None,
    *,
    file_name: str,
    by: str | None,
    submit: bool = True,
    dry_run: bool = False,
    tell: Tell | None = None,
) -> Report:
    """Import a file that was read, in short transactions of its own; call it outside a transaction.

    Broken off and begun anew for the same row it goes on where it was, and reports of all that it brought in.

    Args:
        parsed: the file.
        bank_id: where the items go.
        kept: id of the import's row, which receives the report.
        file_name: as the report shows it.
        by: id of the person who imports: author of every item from now on; None only for a dry run.
        submit: hand the items in for review at once.
        dry_run: only say what would happen.
        tell: told (rows written, rows in all).

    Raises:
        Forbidden: the person does not write items for the bank.
    """
    with reading():
        bank, person = _actors(bank_id, by)
        sorted_ = _sort(parsed, bank, file_name, kept)
    report = sorted_.report
    report.dry_run = dry_run
    if dry_run or by is None:
        _look_only(sorted_, bank_id)
        with transaction():
            _keep_report(kept, db.session.get_one(Bank, bank_id), report)
        return report
    before = report.imported
    for fresh in lots(sorted_.fresh, AT_ONCE):
        with transaction():
            bank, person = _actors(bank_id, by)
            note_came_in(kept, _write(fresh, bank, sorted_, by=person, submit=submit))
        if tell is not None:
            tell(report.imported, before + len(sorted_.fresh))
    _end(sorted_, bank_id, by)
    return report


def _end(sorted_: _Sorted, bank_id: int, by: str) -> None:
    """Hold the doubtful rows, where there is an import to hold them, and say what became of all."""
    for rows in lots(list(sorted_.held), AT_ONCE) if sorted_.kept is not None else ():
        with transaction():
            bank, person = _actors(bank_id, by)
            hold_rows(rows, bank, str(sorted_.kept), sorted_.report, by=person)
    with transaction():
        bank, person = _actors(bank_id, by)
        _record(sorted_.report, bank, by=person)
        _keep_report(sorted_.kept, bank, sorted_.report)


def _actors(bank_id: int, by: str | None) -> tuple[Bank, Person]:
    bank = db.session.get_one(Bank, bank_id)
    if by is None:
        return bank, Person()
    person = db.session.get_one(Person, by)
    require_author(bank, person)
    return bank, person


def _sort(parsed: ParsedFile, bank: Bank, file_name: str, kept: str | None) -> _Sorted:
    """Divide rows into new, repeated, rejected and held; reads the bank, writes nothing."""
    report = Report(file_name, rows=len(parsed.rows), form=parsed.form)
    report.warnings = [{"where": where, "text": text} for where, text in parsed.warnings]
    report.by_type = dict(Counter(row.type.value for row in parsed.rows if row.type is not None))
    known = Known(bank, parsed.rows)
    again = CameIn(kept)
    sorted_ = _Sorted([], [], report, held_before(bank), kept)
    good = []
    for row in parsed.rows:
        for note in row.notes:
            report.warnings.append({"where": row.where, "text": note})
        if row.outcome is Outcome.REJECTED:
            report.rejected.append({"where": row.where, "reason": row.reason})
        elif row.outcome is Outcome.HELD:
            _sort_held(row, bank, sorted_)
        elif (found := known.find(row)) is None:
            known.note(row)
            good.append(row)
        elif again.is_from(row, found):
            report.imported += 1
        elif found.is_same:
            known.tell_repeated(row, found, report)
        else:
            known.note(row)
            _sort_held(as_similar(row, found.name), bank, sorted_)
    _place(good, again, bank, sorted_)
    return sorted_


def _place(good: Sequence[Row], again: CameIn, bank: Bank, sorted_: _Sorted) -> None:
    """Give new rows their places in the syllabus, and tell what of those that came in could not be read."""
    points = by_text(choosable(knowledge_points(bank.qualification)))
    unplaced: Counter[str] = Counter()
    for row in (*again.rows, *good):
        unplaced[row.point] += bool(row.point and points.get(row.point.strip()) is None)
    for row in good:
        assert row.type is not None and row.body is not None
        cognitive = level_named(row.cells.get("cognitive", ""))
        draft = Draft(row.type, row.body, points.get(row.point.strip()), row.level, cognitive)
        sorted_.fresh.append((row, draft))
    sorted_.report.tell_unplaced(+unplaced)
    sorted_.report.tell_unread((*again.rows, *good))
    sorted_.report.warnings += warnings_for(again.items())


def _sort_held(row: Row, bank: Bank, sorted_: _Sorted) -> None:
    """Hold a row, unless it was held before: then the person's decision stands."""
    prints = row_prints(bank, row.cells)
    brought_by = {sorted_.decided[each] for each in prints if each in sorted_.decided}
    if brought_by - {sorted_.kept}:
        sorted_.report.tell_repeated(row.where, _("a row held before"))
        return
    sorted_.decided |= dict.fromkeys(prints, "")
    if not brought_by:
        sorted_.held.append(row)
    held = {"where": row.where, "reason": row.reason, "proposal": as_proposal(row)}
    sorted_.report.held.append(held)


def _write(
    pairs: Sequence[tuple[Row, Draft]], bank: Bank, sorted_: _Sorted, *, by: Person, submit: bool
) -> list[Item]:
    """Write some rows as items and return them; a copy of what somebody wrote meanwhile is a duplicate."""
    lock_bank(bank)
    report = sorted_.report
    met = _met(pairs, bank, sorted_)
    pairs = [each for number, each in enumerate(pairs) if number not in met]
    drafts = []
    for row, draft in pairs:
        for clean in row.media:
            bring(bank, clean, by=by)
        point = draft.knowledge_point
        merged = None if point is None else db.session.merge(point, load=True)
        drafts.append(Draft(draft.type, draft.body, merged, draft.level, draft.cognitive))
    items = add_items(bank, drafts, by=by, submit=submit)
    report.warnings += warnings_for(zip((row.where for row, _draft in pairs), items, strict=True))
    report.imported += len(drafts)
    return items


def _met(pairs: Sequence[tuple[Row, Draft]], bank: Bank, sorted_: _Sorted) -> set[int]:
    """Return which of some rows an item asks that somebody wrote meanwhile; they are reported."""
    rows: dict[str, int] = {}
    for number, (_row, draft) in enumerate(pairs):
        for prints in (fingerprints, exact_prints):
            rows |= dict.fromkeys(prints(bank, draft.type, draft.body), number)
    taken: dict[int, list[Item]] = {}
    borne = select(Item).where(Item.bank_id == bank.id, Item.fingerprint.in_(list(rows)))
    for item in db.session.scalars(borne):
        taken.setdefault(rows[item.fingerprint], []).append(item)
    for number, items in taken.items():
        row = pairs[number][0]
        item, is_same = same_or_similar(items, row)
        if is_same:
            sorted_.report.tell_repeated(row.where, item.code)
        else:
            _sort_held(as_similar(row, item.code), bank, sorted_)
    return set(taken)


def _look_only(sorted_: _Sorted, bank_id: int) -> None:
    """Complete the report of a dry run: what would be imported, and which items resemble it."""
    report = sorted_.report
    report.imported = len(sorted_.fresh)
    rows = [(row.where, draft.body) for row, draft in sorted_.fresh]
    with reading():
        report.warnings += warnings_if_taken_in(db.session.get_one(Bank, bank_id), rows)


def _record(report: Report, bank: Bank, *, by: Person) -> None:
    """Record in the ledger what was imported."""
    ledger.append(
        "items.imported",
        by=by,
        side="exam",
        bank=bank.code,
        rows=report.rows,
        imported=report.imported,
        duplicates=report.duplicates,
        rejected=len(report.rejected),
        held=len(report.held),
    )


def _keep_report(kept: str | None, bank: Bank, report: Report) -> None:
    if kept is None:
        return
    row = db.session.get_one(Import, kept)
    written = json.dumps(report.plain(), ensure_ascii=False).encode()
    row.report_sealed = seal(bank, written, f"import:{kept}")
    if row.file_key is not None:
        let_file_go(row.file_key)
    row.file_key = None
