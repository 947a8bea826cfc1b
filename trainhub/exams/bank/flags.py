"""What is conspicuous about items, kept until somebody decides: by statistics, by changes of the law."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from trainhub import ledger
from trainhub.exams.bank.models import Bank, Item, ItemVersion, VersionState
from trainhub.exams.bank.models_sources import SOURCE_CHANGED, Decision, FlagEvidence, ItemFlag
from trainhub.exams.bank.vault import seal, unseal
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person

IN_USE = (VersionState.APPROVED, VersionState.LIVE)
UNDECIDED_AGAIN = (Decision.REMARKED, Decision.CORRECTED, Decision.KEY_STAYS)
"""What closed a flag without anybody having judged the item: the same subject may show it again."""


@dataclass(frozen=True)
class Finding:
    """One thing that is conspicuous about a version of an item.

    Args:
        item_code: of the item.
        version: its number.
        kind: of the flag.
        values: figures of its sentence.
    """

    item_code: str
    version: int
    kind: str
    values: Mapping[str, Any]


Changes = Mapping[tuple[str, int], datetime]
"""When the key that counts of a version was changed; what was decided of it before does not hold for it."""


def raise_flags(
    organisation_id: int,
    subject: str,
    findings: Sequence[Finding],
    *,
    by: Person | None,
    changed: Changes = MappingProxyType({}),
) -> list[ItemFlag]:
    """Raise flags of items of a centre, each as a task of the reviewers of its bank.

    What was decided comes back by new evidence alone: a subject counts once for a version and kind, unless
    the key was changed after the decision or the subject had ceased to show it. Of a version that a later
    one stands in for, or that is retired, nothing is raised.

    Args:
        organisation_id: the centre; items of others are passed over.
        subject: what the findings rest on: a sitting, or a change of a source.
        findings: what was found.
        by: who changed what they rest on, if a person did.
        changed: when keys were changed.

    Returns:
        The flags that are new.
    """
    versions = _versions(organisation_id, {each.item_code for each in findings})
    raised = []
    for each in sorted(findings, key=lambda finding: (finding.item_code, finding.version)):
        version = versions.get((each.item_code, each.version))
        if version is None or not _matters(version):
            continue
        lock("item", each.item_code)
        if _is_decided(version.id, each.kind, subject, changed.get((each.item_code, each.version))):
            continue
        flag = _open(version.id, each.kind)
        if flag is None:
            flag = ItemFlag(code=random_id(), version=version, kind=each.kind, raised_at=clock.now())
            flag.bank_id = version.bank_id
            flag.raised_by_id = None if by is None else by.id
            db.session.add(flag)
            db.session.flush()
            raised.append(flag)
        _show(flag, version.item.bank, subject, each.values)
    db.session.flush()
    if raised:
        flags = sorted(f"{each.version.item.code}/{each.version.number} {each.kind}" for each in raised)
        ledger.append("items.flagged", by=by, side="exam", subject=subject, flags=flags)
    return raised


def _versions(organisation_id: int, codes: Collection[str]) -> dict[tuple[str, int], ItemVersion]:
    statement = (
        select(ItemVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(Bank.organisation_id == organisation_id, Item.code.in_(codes))
    )
    return {(each.item.code, each.number): each for each in db.session.scalars(statement)}


def _matters(version: ItemVersion) -> bool:
    later = [each for each in version.item.versions if each.number > version.number and each.state in IN_USE]
    return version.state in IN_USE and not later


def _is_decided(version_id: int, kind: str, subject: str, changed_at: datetime | None) -> bool:
    """Tell whether somebody decided what a subject shows, and the key is what it was then."""
    statement = (
        select(func.max(ItemFlag.decided_at))
        .join(FlagEvidence, ItemFlag.id == FlagEvidence.flag_id)
        .where(
            ItemFlag.version_id == version_id,
            ItemFlag.kind == kind,
            ItemFlag.decision.not_in(UNDECIDED_AGAIN),
            FlagEvidence.subject == subject,
        )
    )
    decided_at = db.session.scalar(statement)
    return decided_at is not None and (changed_at is None or changed_at < decided_at)


def _open(version_id: int, kind: str) -> ItemFlag | None:
    return db.session.scalar(
        select(ItemFlag).where(
            ItemFlag.version_id == version_id, ItemFlag.kind == kind, ItemFlag.decision.is_(None)
        )
    )


def _show(flag: ItemFlag, bank: Bank, subject: str, values: Mapping[str, Any]) -> None:
    """Enter what a flag rests on, once for a subject; its figures name options and keys: they are sealed."""
    known = next((each for each in flag.evidence if each.subject == subject), None)
    if known is None:
        sealed = _sealed(flag, bank, subject, values)
        db.session.add(FlagEvidence(flag=flag, subject=subject, details_sealed=sealed, at=clock.now()))
    elif values_of(known) != json.loads(json.dumps(dict(values))):
        known.details_sealed, known.at = _sealed(flag, bank, subject, values), clock.now()


def _sealed(flag: ItemFlag, bank: Bank, subject: str, values: Mapping[str, Any]) -> bytes:
    written = json.dumps(dict(values), ensure_ascii=False).encode()
    return seal(bank, written, f"flag:{flag.code}:{subject}")


def values_of(evidence: FlagEvidence) -> dict[str, Any]:
    """Return the figures that a flag rests on, deciphered."""
    flag = evidence.flag
    context = f"flag:{flag.code}:{evidence.subject}"
    values: dict[str, Any] = json.loads(unseal(flag.version.item.bank, evidence.details_sealed, context))
    return values


def moved_to(evidence: FlagEvidence, *, until: str) -> None:
    """Put the last day right that a flag names of a source."""
    values = values_of(evidence) | {"until": until}
    evidence.details_sealed = _sealed(
        evidence.flag, evidence.flag.version.item.bank, evidence.subject, values
    )


def close_flags(item: Item, decision: Decision, *, up_to: int, by: Person, kind: str = "") -> None:
    """Close the open flags of an item's versions because of what somebody did about it.

    Args:
        item: whose.
        decision: what was done.
        up_to: number of the last version that is meant.
        by: who did it.
        kind: of the flags; all unless given.
    """
    conditions: list[ColumnElement[bool]] = [
        ItemVersion.item_id == item.id,
        ItemVersion.number <= up_to,
        ItemFlag.decision.is_(None),
    ]
    if kind:
        conditions.append(ItemFlag.kind == kind)
    joined = select(ItemFlag).join(ItemVersion, ItemVersion.id == ItemFlag.version_id)
    for flag in db.session.scalars(joined.where(*conditions)).all():
        conclude(flag, decision, by)


def conclude(flag: ItemFlag, decision: Decision, by: Person) -> None:
    """Enter what became of a flag."""
    flag.decision, flag.decided_by_id, flag.decided_at = decision, by.id, clock.now()
    ledger.append(
        "item.flag_decided",
        by=by,
        side="exam",
        item=flag.version.item.code,
        version=flag.version.number,
        flag=flag.kind,
        decision=decision.value,
    )


def key_change_begun(item_code: str, version: int, *, by: Person) -> None:
    """Close the flag of a key that is likely wrong: a change of the key was proposed."""
    item = db.session.scalar(select(Item).where(Item.code == item_code))
    if item is not None:
        close_flags(item, Decision.KEY_CHANGE, up_to=version, by=by, kind="key_likely_wrong")


def key_change_given_up(item_code: str, version: int, since: datetime, *, by: Person) -> None:
    """Take back that flags were closed by a proposed change of the key: it was refused, and the key stays.

    What sittings still show of it is raised again when they are described.

    Args:
        item_code: of the item.
        version: for which the change was proposed.
        since: when it was.
        by: who refused it.
    """
    statement = (
        select(ItemFlag)
        .join(ItemVersion, ItemVersion.id == ItemFlag.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(
            Item.code == item_code,
            ItemVersion.number <= version,
            ItemFlag.decision == Decision.KEY_CHANGE,
            ItemFlag.decided_at >= since,
        )
    )
    for flag in db.session.scalars(statement).all():
        conclude(flag, Decision.KEY_STAYS, by)


def flags_of(item: Item) -> list[ItemFlag]:
    """Return all flags of an item, open ones first, then the newest."""
    statement = select(ItemFlag).join(ItemVersion).where(ItemVersion.item_id == item.id)
    return list(db.session.scalars(statement.order_by(ItemFlag.decision.is_not(None), ItemFlag.id.desc())))


_GRAVE = case((ItemFlag.kind.in_((SOURCE_CHANGED, "key_likely_wrong")), 1), else_=0)


def flagged_versions(bank: Bank) -> Select[Any]:
    """Return a select of the ids of a bank's versions with open flags.

    Those whose law changed or whose key is likely wrong come first, then what waits longest.
    """
    return (
        select(ItemFlag.version_id)
        .where(ItemFlag.bank_id == bank.id, ItemFlag.decision.is_(None))
        .group_by(ItemFlag.version_id)
        .order_by(func.max(_GRAVE).desc(), func.min(ItemFlag.raised_at), ItemFlag.version_id)
    )


def open_flags(versions: Sequence[ItemVersion]) -> dict[int, list[ItemFlag]]:
    """Return the open flags of some versions by the version's id, the gravest first."""
    statement = (
        select(ItemFlag)
        .where(ItemFlag.version_id.in_([each.id for each in versions]), ItemFlag.decision.is_(None))
        .order_by(_GRAVE.desc(), ItemFlag.raised_at, ItemFlag.id)
    )
    found: dict[int, list[ItemFlag]] = defaultdict(list)
    for flag in db.session.scalars(statement):
        found[flag.version_id].append(flag)
    return dict(found)


def number_flagged(bank: Bank) -> int:
    """Return how many versions of a bank have open flags."""
    waiting = flagged_versions(bank).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(waiting)) or 0


def open_kinds(version_ids: Collection[int]) -> dict[int, list[str]]:
    """Return which flags of versions are open: for whoever sets them in a paper."""
    found: dict[int, list[str]] = defaultdict(list)
    ids = list(version_ids)
    for start in range(0, len(ids), 500):
        statement = select(ItemFlag.version_id, ItemFlag.kind).where(
            ItemFlag.version_id.in_(ids[start : start + 500]), ItemFlag.decision.is_(None)
        )
        for version_id, kind in db.session.execute(statement):
            found[version_id].append(kind)
    return dict(found)
