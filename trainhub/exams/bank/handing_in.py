"""A question file handed in on a page or by command: kept sealed, imported in the background, reported."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any, BinaryIO

from sqlalchemy import select

from trainhub.exams.bank.asking import ask, columns_said
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.items import require_author
from trainhub.exams.bank.media.needed import let_file_go
from trainhub.exams.bank.models import Bank, Import
from trainhub.exams.bank.reading.looks import Unsure
from trainhub.exams.bank.vault import seal, unseal
from trainhub.kernel import clock, jobs, storage
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid, NotFound
from trainhub.kernel.i18n import _, _l, for_any_reader, ngettext
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.jobs import Job, Progress, job, path_to
from trainhub.kernel.workbooks import MAX_FILE
from trainhub.people.models import Person


def hand_in_items(
    file: BinaryIO,
    file_name: str,
    bank: Bank,
    *,
    by: Person,
    language: str,
    submit: bool = True,
    dry_run: bool = False,
) -> Job:
    """Take a question file and queue its import.

    Raises:
        Invalid: no file, or one that is too large.
        Forbidden: the person does not write items for the bank.
    """
    require_author(bank, by)
    content = file.read(MAX_FILE + 1)
    if not content:
        raise Invalid(_("Choose a file."))
    if len(content) > MAX_FILE:
        raise Invalid(_("The file is larger than %(count)s MB.", count=MAX_FILE >> 20))
    kept = new_import(bank, file_name, by=by, submit=submit, dry_run=dry_run)
    kept.file_key = storage.put(BytesIO(seal(bank, content, f"file:{kept.id}")), ".items")
    title = _l("Importing items into %(bank)s", bank=bank.name)
    return jobs.start("bank.import", title, by=by, language=language, import_id=kept.id)


def new_import(bank: Bank, file_name: str, *, by: Person, submit: bool, dry_run: bool) -> Import:
    """Note that a file is being imported."""
    kept = Import(
        id=random_id(),
        bank_id=bank.id,
        dry_run=dry_run,
        submit=submit,
        file_name=shown_name(file_name),
        imported_by_id=by.id,
        imported_at=clock.now(),
    )
    db.session.add(kept)
    return kept


def shown_name(file_name: str) -> str:
    """Return a file's name as it can be shown: no path, no control characters, not too long."""
    name = "".join(each for each in file_name.replace("\\", "/").rsplit("/", 1)[-1] if each.isprintable())
    return name[:100] or "items"


@job("bank.import", again=True)
def run_import(progress: Progress, import_id: str) -> str:
    """Import a file that was handed in; the file is removed, unless its columns are asked about.

    Taken up again after a kill it goes on where it was; an import that had just ended has its report.
    """
    kept = db.session.get_one(Import, import_id)
    bank, file_key = kept.bank, str(kept.file_key)
    if kept.report_sealed is not None:
        return path_to("bank.import_result", code=bank.code, import_id=import_id)
    facts: dict[str, Any] = {
        "file_name": kept.file_name,
        "by": kept.imported_by_id,
        "submit": kept.submit,
        "dry_run": kept.dry_run,
    }
    content = unseal(bank, storage.read(file_key), f"file:{import_id}")
    bank_id, bank_code, columns = bank.id, bank.code, columns_said(kept)
    db.session.rollback()
    asks = False
    try:
        with for_any_reader():
            parsed = read_content(content, columns=columns, name=facts["file_name"])
        progress.tell(
            0, len(parsed.rows), ngettext("%(num)s row read", "%(num)s rows read", len(parsed.rows))
        )
        writing = _("Writing items")
        with for_any_reader():
            import_items(
                parsed,
                bank_id,
                import_id,
                tell=lambda done, total: progress.tell(done, total, writing),
                **facts,
            )
    except Unsure as problem:
        if not problem.looks:
            raise
        with transaction():
            ask(db.session.get_one(Import, import_id), problem.looks)
        asks = True
    finally:
        if not asks:
            _let_go(import_id, file_key)
    endpoint = "bank.ask_columns" if asks else "bank.import_result"
    return path_to(endpoint, code=bank_code, import_id=import_id)


def _let_go(import_id: str, file_key: str) -> None:
    """Remove the file of an import that is over; one that broke off speaks of it no more."""
    with transaction():
        kept = db.session.get_one(Import, import_id)
        if kept.file_key == file_key:
            let_file_go(file_key)
            kept.file_key = None
    storage.remove(file_key)


def get_import(import_id: str, bank: Bank) -> Import:
    """Return an import into a bank.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(select(Import).where(Import.id == import_id, Import.bank_id == bank.id))
    if found is None:
        raise NotFound(_l("There is no such import."))
    return found


def report_of(kept: Import) -> dict[str, Any] | None:
    """Return the report of an import, deciphered; None while it runs or if the file could not be read."""
    if kept.report_sealed is None:
        return None
    report: dict[str, Any] = json.loads(unseal(kept.bank, kept.report_sealed, f"import:{kept.id}"))
    return report


def last_imports(bank: Bank, count: int = 10) -> list[Import]:
    """Return the newest imports into a bank."""
    statement = select(Import).where(Import.bank_id == bank.id).order_by(Import.imported_at.desc())
    return list(db.session.scalars(statement.limit(count)))
