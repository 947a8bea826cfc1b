"""Doubtful rows of an imported file: kept until a person has decided, known when the file comes again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from trainhub.exams.bank.content import write_body
from trainhub.exams.bank.import_report import Report
from trainhub.exams.bank.media import bring
from trainhub.exams.bank.media.needed import hold_media
from trainhub.exams.bank.models import Bank, HeldRow, HeldState
from trainhub.exams.bank.reading import Row
from trainhub.exams.bank.reading.proposed import as_proposal
from trainhub.exams.bank.vault import keyed_prints, lock_bank, seal
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person


def held_before(bank: Bank) -> dict[str, str]:
    """Return the rows that a bank has ever held by their prints, each with the import that brought it."""
    held = select(HeldRow.row_print, HeldRow.import_id).where(HeldRow.bank_id == bank.id)
    return {row_print: import_id for row_print, import_id in db.session.execute(held)}


def row_prints(bank: Bank, cells: Any) -> list[str]:
    """Return the keyed hashes by which a held row is known again when the file comes a second time.

    The first is that which is kept; while a key is rotated there is that of the old one, too.
    """
    return keyed_prints(bank, "held", json.dumps(cells, ensure_ascii=False, sort_keys=True))


def hold_rows(rows: Sequence[Row], bank: Bank, kept: str, report: Report, *, by: Person) -> None:
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
