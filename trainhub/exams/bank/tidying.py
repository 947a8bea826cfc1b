"""What goes by itself: files that no item shows, and files of questions that wait for a person too long."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from trainhub import ledger, regulations
from trainhub.exams.bank.media.needed import (
    AT_ONCE,
    is_any_to_remove,
    is_needed,
    let_file_go,
    note_bodies,
    remove_files,
    remove_unneeded,
)
from trainhub.exams.bank.models import Bank, Import, Item, ItemVersion
from trainhub.exams.bank.models_media import BankMedium
from trainhub.exams.bank.vault import body_of, lock_bank
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.left_files import LeftFiles, has_any

NOTED_AT_ONCE = 300
"""Versions that are opened in one round, so that nobody waits for the chore."""


def _before(key: str) -> datetime:
    return clock.now() - timedelta(days=int(regulations.value(key, on=clock.today())))


def _unneeded() -> Select[BankMedium]:
    of_version, of_held = is_needed()
    return select(BankMedium).where(
        BankMedium.brought_at < _before("bank.unused_files.keep_days"),
        ~of_version,  # type: ignore[operator]
        ~of_held,  # type: ignore[operator]
    )


def is_any_unneeded() -> bool:
    """Tell whether a file has been kept long enough without anything that shows it."""
    return db.session.scalar(_unneeded().limit(1)) is not None


def remove_old() -> int:
    """Remove files of one bank that nothing shows; before that, look into versions that were not looked into.

    Returns:
        How many were removed: none as long as there are versions to look into.
    """
    first = db.session.scalars(_unneeded().order_by(BankMedium.bank_id).limit(1)).first()
    if first is None:
        return 0
    bank = first.bank
    lock_bank(bank)
    if look_into(bank):
        return 0
    rows = db.session.scalars(_unneeded().where(BankMedium.bank_id == bank.id).limit(AT_ONCE)).all()
    return remove_unneeded(rows, by=None)


def look_into(bank: Bank) -> int:
    """Note what some versions show that are newer than those looked into; the caller holds the bank's lock.

    Returns:
        How many versions.
    """
    statement = (
        select(ItemVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.bank_id == bank.id, ItemVersion.id > (bank.media_noted_to or 0))
        .order_by(ItemVersion.id)
        .limit(NOTED_AT_ONCE)
    )
    versions = db.session.scalars(statement).all()
    if versions:
        note_bodies(bank, [(version.id, body_of(version)) for version in versions], anew=True)
        bank.media_noted_to = versions[-1].id
    return len(versions)


def _waiting_too_long() -> Select[Import]:
    return select(Import).where(
        Import.file_key.is_not(None), Import.imported_at < _before("bank.waiting_files.keep_days")
    )


def is_any_waiting_too_long() -> bool:
    """Tell whether a file of questions has waited too long for a person, or for an import that broke off."""
    return db.session.scalar(select(func.count()).select_from(_waiting_too_long().limit(1).subquery())) == 1


def give_up_waiting() -> int:
    """Give up files of questions that have waited too long; nothing of them comes in. Returns how many."""
    found = db.session.scalars(_waiting_too_long().limit(AT_ONCE)).all()
    for kept in found:
        lock("import", kept.id)
        db.session.refresh(kept)
        if kept.file_key is None:
            continue
        let_file_go(kept.file_key)
        kept.file_key, kept.columns_sealed = None, None
        ledger.append("items.file_expired", by=None, side="exam", bank=kept.bank.code, file=kept.id)
    return len(found)


CHORES = (
    Chore("bank.unused files", is_any_unneeded, remove_old),
    Chore("bank.waiting files", is_any_waiting_too_long, give_up_waiting),
    Chore("bank.files to remove", is_any_to_remove, remove_files),
)
SWEEPING = (
    LeftFiles(".items", Import.file_key, has_any(Import.id)).chore,
    LeftFiles(
        ".sealed",
        BankMedium.file_key,
        lambda: bool(ledger.decisions("item.file.brought", per_page=1).entries),
    ).chore,
)
