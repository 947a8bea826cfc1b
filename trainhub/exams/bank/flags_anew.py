"""Flags of a sitting that was marked anew: what it does not show any more goes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.flags import Finding, conclude
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.exams.bank.models_sources import SOURCE_CHANGED, Decision, FlagEvidence, ItemFlag
from trainhub.kernel.db import db, lock
from trainhub.people.models import Person


def let_go(organisation_id: int, sitting_code: str, findings: Sequence[Finding], *, by: Person) -> None:
    """Let go of what a sitting that was marked anew does not show any more; what it shows is raised as ever.

    A flag that rests on this sitting alone is closed with that reason. One that other sittings show as well
    stays open by those.

    Args:
        organisation_id: the centre.
        sitting_code: which sitting.
        findings: all that it shows.
        by: who marked it or changed a key.
    """
    shown = {(each.item_code, each.version, each.kind) for each in findings}
    for flag in _open_by(organisation_id, sitting_code):
        item = flag.version.item
        if (item.code, flag.version.number, flag.kind) not in shown:
            lock("item", item.code)
            _let_go(flag, sitting_code, by)
    db.session.flush()


def _open_by(organisation_id: int, sitting_code: str) -> list[ItemFlag]:
    statement = (
        select(ItemFlag)
        .join(FlagEvidence, FlagEvidence.flag_id == ItemFlag.id)
        .join(ItemVersion, ItemVersion.id == ItemFlag.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(
            Bank.organisation_id == organisation_id,
            FlagEvidence.subject == sitting_code,
            ItemFlag.decision.is_(None),
            ItemFlag.kind != SOURCE_CHANGED,
        )
        .order_by(Item.code, ItemFlag.id)
    )
    return list(db.session.scalars(statement))


def _let_go(flag: ItemFlag, sitting_code: str, by: Person) -> None:
    """Take a sitting from what a flag rests on; the last one stays with the flag that closes."""
    if len(flag.evidence) == 1:
        conclude(flag, Decision.REMARKED, by)
        return
    flag.evidence = [each for each in flag.evidence if each.subject != sitting_code]
    facts = {"item": flag.version.item.code, "version": flag.version.number, "flag": flag.kind}
    ledger.append("item.flag_lost_evidence", by=by, side="exam", subject=sitting_code, **facts)
