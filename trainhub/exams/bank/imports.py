"""Importing a question file: every row accounted for, nothing twice, nothing doubtful in use."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.alike.pairs import warnings_for, warnings_if_taken_in
from trainhub.exams.bank.banks import knowledge_points
from trainhub.exams.bank.content import write_body
from trainhub.exams.bank.import_report import Report
from trainhub.exams.bank.items import Draft, add_items, require_author
from trainhub.exams.bank.known import Known, as_similar, same_or_similar
from trainhub.exams.bank.levels import level_named
from trainhub.exams.bank.media import bring
from trainhub.exams.bank.media.needed import hold_media, let_file_go
from trainhub.exams.bank.models import Bank, HeldRow, HeldState, Import, Item
from trainhub.exams.bank.prints import exact_prints, fingerprints
from trainhub.exams.bank.reading import ParsedFile, Row
from trainhub.exams.bank.reading.rows import Outcome, as_proposal
from trainhub.exams.bank.syllabus import by_text, choosable
from trainhub.exams.bank.vault import keyed_prints, lock_bank, seal
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.i18n import _
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.rewrapping import lots
from trainhub.people.models import Person

AT_ONCE = 100
"""Rows written in one transaction, a fifth of a second: nobody waits for a long file."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class _Sorted:
    """The rows of a file divided by what is to be done with them."""

    fresh: list[tuple[Row, Draft]]
    held: list[Row]
    report: Report


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
        sorted_ = _sort(parsed, bank, file_name)
    report = sorted_.report
    report.dry_run = dry_run
    if dry_run or by is None:
        _look_only(sorted_, bank_id)
        _keep_report(kept, bank_id, report)
        return report
    for fresh in lots(sorted_.fresh, AT_ONCE):
        with transaction():
            bank, person = _actors(bank_id, by)
            _write(fresh, bank, sorted_, by=person, submit=submit)
        if tell is not None:
            tell(report.imported, len(sorted_.fresh))
    if kept is not None:
        _hold_all(sorted_, bank_id, kept, by)
    with transaction():
        bank, person = _actors(bank_id, by)
        _record(report, bank, by=person)
    _keep_report(kept, bank_id, report)
    return report


def _actors(bank_id: int, by: str | None) -> tuple[Bank, Person]:
    bank = db.session.get_one(Bank, bank_id)
    if by is None:
        return bank, Person()
    person = db.session.get_one(Person, by)
    require_author(bank, person)
    return bank, person


def _sort(parsed: ParsedFile, bank: Bank, file_name: str) -> _Sorted:
    """Divide rows into new, repeated, rejected and held; reads the bank, writes nothing."""
    report = Report(file_name, rows=len(parsed.rows), form=parsed.form)
    report.warnings = [{"where": where, "text": text} for where, text in parsed.warnings]
    report.by_type = dict(Counter(row.type.value for row in parsed.rows if row.type is not None))
    known = Known(bank, parsed.rows)
    decided = _decided_prints(bank)
    points = by_text(choosable(knowledge_points(bank.qualification)))
    unplaced: Counter[str] = Counter()
    sorted_ = _Sorted([], [], report)
    for row in parsed.rows:
        for note in row.notes:
            report.warnings.append({"where": row.where, "text": note})
        if row.outcome is Outcome.REJECTED:
            report.rejected.append({"where": row.where, "reason": row.reason})
        elif row.outcome is Outcome.HELD:
            _sort_held(row, bank, decided, sorted_)
        elif (found := known.find(row)) is not None and found.is_same:
            known.tell_repeated(row, found, report)
        elif found is not None:
            known.note(row)
            _sort_held(as_similar(row, found.name), bank, decided, sorted_)
        else:
            known.note(row)
            point = points.get(row.point.strip())
            if row.point and point is None:
                unplaced[row.point] += 1
            assert row.type is not None and row.body is not None
            cognitive = level_named(row.cells.get("cognitive", ""))
            sorted_.fresh.append((row, Draft(row.type, row.body, point, row.level, cognitive)))
    report.tell_unplaced(unplaced)
    report.tell_unread(row for row, _draft in sorted_.fresh)
    return sorted_


def _decided_prints(bank: Bank) -> set[str]:
    return set(db.session.scalars(select(HeldRow.row_print).where(HeldRow.bank_id == bank.id)))


def row_prints(bank: Bank, cells: Any) -> list[str]:
    """Return the keyed hashes by which a held row is known again when the file comes a second time.

    The first is that which is kept; while a key is rotated there is that of the old one, too.
    """
    return keyed_prints(bank, "held", json.dumps(cells, ensure_ascii=False, sort_keys=True))


def _sort_held(row: Row, bank: Bank, decided: set[str], sorted_: _Sorted) -> None:
    """Hold a row, unless it was held before: then the person's decision stands."""
    prints = row_prints(bank, row.cells)
    if not decided.isdisjoint(prints):
        sorted_.report.tell_repeated(row.where, _("a row held before"))
        return
    decided.add(prints[0])
    sorted_.held.append(row)
    held = {"where": row.where, "reason": row.reason, "proposal": as_proposal(row)}
    sorted_.report.held.append(held)


def _write(
    pairs: Sequence[tuple[Row, Draft]], bank: Bank, sorted_: _Sorted, *, by: Person, submit: bool
) -> None:
    """Write some rows as items; a copy of what somebody wrote meanwhile is a duplicate."""
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
            _sort_held(as_similar(row, item.code), bank, set(), sorted_)
    return set(taken)


def _look_only(sorted_: _Sorted, bank_id: int) -> None:
    """Complete the report of a dry run: what would be imported, and which items resemble it."""
    report = sorted_.report
    report.imported = len(sorted_.fresh)
    rows = [(row.where, draft.body) for row, draft in sorted_.fresh]
    with reading():
        report.warnings += warnings_if_taken_in(db.session.get_one(Bank, bank_id), rows)


def _hold_all(sorted_: _Sorted, bank_id: int, kept: str, by: str) -> None:
    for rows in lots(list(sorted_.held), AT_ONCE):
        with transaction():
            bank, person = _actors(bank_id, by)
            _hold_rows(rows, bank, kept, sorted_.report, by=person)


def _hold_rows(rows: Sequence[Row], bank: Bank, kept: str, report: Report, *, by: Person) -> None:
    """Keep some of the rows that wait for a person's decision; one that somebody else holds by now is not."""
    lock_bank(bank)
    prints = {row.where: row_prints(bank, row.cells) for row in rows}
    known = HeldRow.row_print.in_([each for of_row in prints.values() for each in of_row])
    taken = set(db.session.scalars(select(HeldRow.row_print).where(HeldRow.bank_id == bank.id, known)))
    files = {}
    for row in rows:
        if not taken.isdisjoint(prints[row.where]):
            report.held = [each for each in report.held if each["where"] != row.where]
            report.tell_repeated(row.where, _("a row held before"))
            continue
        code = random_id()
        files[code] = [bring(bank, clean, by=by) for clean in row.media]
        written = json.dumps(_plain_row(row), ensure_ascii=False).encode()
        db.session.add(
            HeldRow(
                id=code,
                import_id=kept,
                bank_id=bank.id,
                place=row.where,
                row_sealed=seal(bank, written, f"held:{code}"),
                row_print=prints[row.where][0],
                state=HeldState.OPEN,
            )
        )
    db.session.flush()
    for code, media in files.items():
        hold_media(code, media)


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


def _plain_row(row: Row) -> dict[str, Any]:
    return {
        "cells": row.cells,
        "point": row.point,
        "level": row.level,
        "reason": row.reason,
        "type": None if row.type is None else row.type.value,
        "proposal": as_proposal(row),
        "body": None if row.body is None or row.type is None else write_body(row.type, row.body).decode(),
        "media": [[each.name, each.digest, each.content_type, each.description] for each in row.named],
    }


def _keep_report(kept: str | None, bank_id: int, report: Report) -> None:
    if kept is None:
        return
    with transaction():
        row = db.session.get_one(Import, kept)
        written = json.dumps(report.plain(), ensure_ascii=False).encode()
        row.report_sealed = seal(db.session.get_one(Bank, bank_id), written, f"import:{kept}")
        if row.file_key is not None:
            let_file_go(row.file_key)
        row.file_key = None
