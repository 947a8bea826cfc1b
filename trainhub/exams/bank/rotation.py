"""Rotating the key of a bank: whatever it sealed is sealed anew in batches, while work goes on."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.asking import head_prints, layout_of
from trainhub.exams.bank.content import read_body
from trainhub.exams.bank.imports_held import row_prints
from trainhub.exams.bank.items import index
from trainhub.exams.bank.media.store import context as media_context
from trainhub.exams.bank.media.store import prints
from trainhub.exams.bank.models import Bank, HeldRow, Import, Item, ItemVersion, Review
from trainhub.exams.bank.models_bulk import BulkDeed
from trainhub.exams.bank.models_earlier import EarlierQuestion
from trainhub.exams.bank.models_media import BankMedium
from trainhub.exams.bank.models_sources import ColumnChoice, FlagEvidence, ItemFlag
from trainhub.exams.bank.remembering import question_prints
from trainhub.exams.bank.vault import context_in, keys_of, lock_bank, new_key, seal, unseal
from trainhub.kernel import storage
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.kernel.rewrapping import resealed
from trainhub.people.models import Person

Tell = Callable[[int], object]
AT_ONCE = 50
"""Rows sealed anew in one deed at most."""
SPELL_S = 0.1
"""How long a deed goes on taking up rows: an item is written into the index of words anew, a film is long."""


def rotate(code: str, *, by: Person, tell: Tell = lambda _done: None) -> int:
    """Give a bank a new key and seal all it holds with it; goes on where an earlier run was broken off.

    It commits in batches, for nobody shall wait for it.

    Args:
        code: of the bank.
        by: who asks for it.
        tell: called after each batch with the number of rows sealed anew so far.

    Returns:
        How many rows were sealed anew.

    Raises:
        NotFound: there is no such bank.
    """
    by_id = by.id
    with transaction():
        bank = _locked(code)
        if bank.old_key_sealed is None:
            bank.old_key_sealed, bank.key_sealed = bank.key_sealed, new_key(bank.code)
            ledger.append("bank.key.replaced", by=db.session.get(Person, by_id), side="exam", bank=code)
    done = 0
    for model, seal_anew in _KINDS:
        numbers = _numbers(model, code)
        while numbers:
            with transaction():
                came_to, sealed = _seal_some(numbers[:AT_ONCE], code, model, seal_anew)
            numbers, done = numbers[came_to:], done + sealed
            tell(done)
    with transaction():
        bank = _locked(code)
        bank.old_key_sealed = None
        ledger.append("bank.key.rotated", by=db.session.get(Person, by_id), side="exam", bank=code, rows=done)
    return done


def _seal_some(
    numbers: Sequence[Any], code: str, model: Any, seal_anew: Callable[[Bank, Any], bool]
) -> tuple[int, int]:
    """Seal some rows anew until a spell is over; returns with how many it ended, and how many it sealed."""
    until, sealed = time.monotonic() + SPELL_S, 0
    bank = db.session.scalars(select(Bank).where(Bank.code == code)).one()
    lock_bank(bank)
    rows = {
        each.id: each
        for each in db.session.scalars(select(model).where(model.id.in_(numbers)).with_for_update())
    }
    for came_to, number in enumerate(numbers, start=1):
        sealed += number in rows and seal_anew(bank, rows[number])
        if time.monotonic() > until:
            return came_to, sealed
    return len(numbers), sealed


def _locked(code: str) -> Bank:
    bank = db.session.scalar(select(Bank).where(Bank.code == code).with_for_update())
    if bank is None:
        raise NotFound(_l("There is no such bank."))
    return bank


def _numbers(model: Any, code: str) -> Sequence[Any]:
    statement = select(model.id).order_by(model.id)
    if model is FlagEvidence:
        statement = statement.join(ItemFlag, ItemFlag.id == FlagEvidence.flag_id)
        statement = statement.join(ItemVersion, ItemVersion.id == ItemFlag.version_id).join(Item)
        statement = statement.join(Bank, Bank.id == Item.bank_id)
    elif model is Review:
        statement = statement.join(ItemVersion, ItemVersion.id == Review.version_id).join(Item)
        statement = statement.join(Bank, Bank.id == Item.bank_id)
    else:
        statement = statement.join(Bank, Bank.id == model.bank_id)
    with reading():
        return db.session.scalars(statement.where(Bank.code == code)).all()


def _anew(bank: Bank, sealed: bytes | None, context: str) -> bytes | None:
    return None if sealed is None else resealed(keys_of(bank), sealed, context_in(bank, context))


def _item(bank: Bank, item: Item) -> bool:
    changed = False
    for version in item.versions:
        context = f"item:{item.code}:{version.number}"
        fresh = _anew(bank, version.body_sealed, context)
        if fresh is not None:
            version.body_sealed, changed = fresh, True
    if changed:
        index(item, read_body(unseal(bank, version.body_sealed, context)))
    return changed


def _review(bank: Bank, review: Review) -> bool:
    fresh = _anew(bank, review.text_sealed, f"review:{review.code}")
    if fresh is not None:
        review.text_sealed = fresh
    return fresh is not None


def _import(bank: Bank, kept: Import) -> bool:
    fresh = _anew(bank, kept.report_sealed, f"import:{kept.id}")
    if fresh is not None:
        kept.report_sealed = fresh
    columns = _anew(bank, kept.columns_sealed, f"columns:{kept.id}")
    if columns is not None:
        kept.columns_sealed = columns
    return _file(bank, kept) or fresh is not None or columns is not None


def _choice(bank: Bank, choice: ColumnChoice) -> bool:
    layout = layout_of(choice, bank)
    print_ = head_prints(bank, layout.head)[0]
    if print_ == choice.head_print:
        return False
    choice.head_print = print_
    written = json.dumps(layout.plain(), ensure_ascii=False).encode()
    choice.choice_sealed = seal(bank, written, f"head:{print_}")
    return True


def _file(bank: Bank, kept: Import) -> bool:
    try:
        sealed = storage.read(kept.file_key) if kept.file_key else None
    except NotFound:
        return False
    fresh = _anew(bank, sealed, f"file:{kept.id}")
    if fresh is not None:
        storage.replace(str(kept.file_key), fresh)
    return fresh is not None


def _medium(bank: Bank, row: BankMedium) -> bool:
    try:
        fresh = _anew(bank, storage.read(row.file_key), media_context(row.id))
    except NotFound:
        return False
    if fresh is None:
        return False
    clear = unseal(bank, fresh, media_context(row.id))
    storage.replace(row.file_key, fresh)
    row.print = prints(bank, hashlib.sha256(clear).hexdigest())[0]
    return True


def _held(bank: Bank, held: HeldRow) -> bool:
    context = f"held:{held.id}"
    fresh = _anew(bank, held.row_sealed, context)
    if fresh is not None:
        held.row_sealed = fresh
        cells = json.loads(unseal(bank, fresh, context))["cells"]
        held.row_print = row_prints(bank, cells)[0]
    return fresh is not None


def _earlier(bank: Bank, row: EarlierQuestion) -> bool:
    fresh = _anew(bank, row.question_sealed, f"earlier:{row.id}")
    if fresh is not None:
        row.question_sealed = fresh
        row.print = question_prints(bank, unseal(bank, fresh, f"earlier:{row.id}").decode())[0]
    return fresh is not None


def _evidence(bank: Bank, evidence: FlagEvidence) -> bool:
    fresh = _anew(bank, evidence.details_sealed, f"flag:{evidence.flag.code}:{evidence.subject}")
    if fresh is not None:
        evidence.details_sealed = fresh
    return fresh is not None


def _bulk(bank: Bank, row: BulkDeed) -> bool:
    order = _anew(bank, row.order_sealed, f"bulk:{row.id}")
    report = _anew(bank, row.report_sealed, f"bulk-report:{row.id}")
    row.order_sealed, row.report_sealed = order or row.order_sealed, report or row.report_sealed
    return order is not None or report is not None


_KINDS: tuple[tuple[Any, Callable[[Bank, Any], bool]], ...] = (
    (Item, _item),
    (Review, _review),
    (Import, _import),
    (HeldRow, _held),
    (EarlierQuestion, _earlier),
    (BankMedium, _medium),
    (ColumnChoice, _choice),
    (FlagEvidence, _evidence),
    (BulkDeed, _bulk),
)
