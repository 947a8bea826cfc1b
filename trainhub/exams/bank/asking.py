"""Files whose columns are not surely understood: what is asked, what is answered, what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from trainhub import ledger
from trainhub.exams.bank.items import require_author
from trainhub.exams.bank.media.needed import let_file_go
from trainhub.exams.bank.models import Bank, Import
from trainhub.exams.bank.models_sources import ColumnChoice
from trainhub.exams.bank.reading.layouts import Columns, Layout, check_meanings, read_layout
from trainhub.exams.bank.reading.looks import Look, read_look
from trainhub.exams.bank.vault import keyed_prints, lock_bank, seal, unseal
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.jobs import Job
from trainhub.people.models import Person

MOST_KEPT = 200


def ask(kept: Import, looks: Sequence[Look]) -> None:
    """Keep what is to be asked about the columns of a file."""
    _seal(kept, {"looks": [look.plain() for look in looks]})


def _seal(kept: Import, content: dict[str, Any]) -> None:
    written = json.dumps(content, ensure_ascii=False).encode()
    kept.columns_sealed = seal(kept.bank, written, f"columns:{kept.id}")


def _content(kept: Import) -> dict[str, Any]:
    if kept.columns_sealed is None:
        return {}
    content: dict[str, Any] = json.loads(unseal(kept.bank, kept.columns_sealed, f"columns:{kept.id}"))
    return content


def asked(kept: Import) -> list[Look]:
    """Return the sheets of a file about which somebody has to say more; none once it was said."""
    content = _content(kept) if kept.file_key is not None else {}
    return [] if "said" in content else [read_look(each) for each in content.get("looks", ())]


def columns_said(kept: Import) -> Columns:
    """Return what was said about the columns of a file, and what the bank knows of earlier ones."""
    said = [read_layout(each) for each in _content(kept).get("said", ())]
    return Columns((*said, *known_layouts(kept.bank)))


def known_layouts(bank: Bank) -> list[Layout]:
    """Return what is kept of the columns of earlier files of a bank."""
    return [layout_of(each, bank) for each in kept_choices(bank)]


def kept_choices(bank: Bank) -> list[ColumnChoice]:
    """Return the rows in which is kept what columns of a head mean, the newest first."""
    statement = select(ColumnChoice).where(ColumnChoice.bank_id == bank.id)
    return list(db.session.scalars(statement.order_by(ColumnChoice.kept_at.desc())))


def layout_of(choice: ColumnChoice, bank: Bank) -> Layout:
    """Return what is kept of one head."""
    return read_layout(json.loads(unseal(bank, choice.choice_sealed, f"head:{choice.head_print}")))


def answer(kept: Import, layouts: Sequence[Layout], *, keep: bool, by: Person, language: str) -> Job:
    """Say what the columns of a file mean; its import goes on in the background.

    Args:
        kept: the import that asks.
        layouts: one for each sheet that was asked about, without meanings where it is to be left aside.
        keep: let the answer count for later files of the same head as well.
        by: who says it.
        language: of the messages of the job.

    Raises:
        Invalid: questions cannot be read from such columns, or no sheet is left.
        Conflict: nothing is asked (any more).
        Forbidden: the person does not write items for the bank.
    """
    _hold_asked(kept, by)
    for layout in layouts:
        if layout.meanings:
            check_meanings(layout.meanings)
    if not any(layout.meanings for layout in layouts):
        raise Invalid(_("Say of one sheet at least what its columns mean."))
    _seal(kept, {"said": [layout.plain() for layout in layouts]})
    for layout in layouts if keep else ():
        if layout.head and layout.meanings:
            _keep(kept.bank, replace(layout, sheet="", row=-1), by)
    title = _l("Importing items into %(bank)s", bank=kept.bank.name)
    return jobs.start("bank.import", title, by=by, language=language, import_id=kept.id)


def _keep(bank: Bank, layout: Layout, by: Person) -> None:
    lock_bank(bank)
    prints = head_prints(bank, layout.head)
    statement = select(ColumnChoice).where(
        ColumnChoice.bank_id == bank.id, ColumnChoice.head_print.in_(prints)
    )
    for earlier in db.session.scalars(statement):
        db.session.delete(earlier)
    db.session.flush()
    number = select(func.count(ColumnChoice.id)).where(ColumnChoice.bank_id == bank.id)
    if (db.session.scalar(number) or 0) >= MOST_KEPT:
        raise Conflict(_("So many kinds of files are known already. Forget some of them first."))
    written = json.dumps(layout.plain(), ensure_ascii=False).encode()
    row = ColumnChoice(
        bank_id=bank.id,
        head_print=prints[0],
        choice_sealed=seal(bank, written, f"head:{prints[0]}"),
        kept_by_id=by.id,
        kept_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    ledger.append("items.columns_kept", by=by, side="exam", bank=bank.code, head=prints[0])


def head_prints(bank: Bank, head: Sequence[str]) -> list[str]:
    """Return the keyed hashes under which a head may be known, also while a key is rotated."""
    return keyed_prints(bank, "head", json.dumps(list(head), ensure_ascii=False))


def forget(choice_id: int, bank: Bank, *, by: Person) -> None:
    """Forget what the columns of a head mean: the next file with it is asked about.

    Raises:
        NotFound: the bank keeps no such thing.
        Forbidden: the person does not write items for the bank.
    """
    require_author(bank, by)
    row = db.session.scalar(
        select(ColumnChoice).where(ColumnChoice.id == choice_id, ColumnChoice.bank_id == bank.id)
    )
    if row is None:
        raise NotFound(_l("There is no such choice of columns."))
    ledger.append("items.columns_forgotten", by=by, side="exam", bank=bank.code, head=row.head_print)
    db.session.delete(row)


def discard(kept: Import, *, by: Person) -> None:
    """Give up a file that waits for its columns: it is removed, and nothing of it comes in.

    Raises:
        Conflict: nothing is asked (any more).
        Forbidden: the person does not write items for the bank.
    """
    _hold_asked(kept, by)
    let_file_go(str(kept.file_key))
    kept.file_key, kept.columns_sealed = None, None
    ledger.append("items.file_discarded", by=by, side="exam", bank=kept.bank.code, file=kept.id)


def _hold_asked(kept: Import, by: Person) -> None:
    require_author(kept.bank, by)
    lock("import", kept.id)
    db.session.refresh(kept)
    if not asked(kept):
        raise Conflict(_("Nothing is asked about this file any more."))


def waiting_imports(bank: Bank) -> list[Import]:
    """Return the imports into a bank that wait for somebody to say what columns mean."""
    statement = select(Import).where(
        Import.bank_id == bank.id, Import.file_key.is_not(None), Import.columns_sealed.is_not(None)
    )
    return [each for each in db.session.scalars(statement.order_by(Import.imported_at)) if asked(each)]
