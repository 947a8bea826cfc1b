"""Four eyes on every item: a second person approves, sends back with a reason, or retires."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select, update

from trainhub import ledger
from trainhub.exams.bank.alike.noting import forget_open, lock_pairs
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.comments import require_settled, settle_all
from trainhub.exams.bank.ended import flag_approved
from trainhub.exams.bank.flags import close_flags
from trainhub.exams.bank.models import Bank, Item, ItemVersion, Verdict, VersionState
from trainhub.exams.bank.models_sources import Decision
from trainhub.exams.bank.relations import (
    end_live,
    require_other_than_author,
    state_live,
    state_reviewed,
)
from trainhub.exams.bank.remarks import note
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

CHOOSABLE = (VersionState.APPROVED, VersionState.LIVE)
"""States in which a version may be set in a paper."""


def approve(version: ItemVersion, text: str = "", *, by: Person, settles: bool = False) -> None:
    """Approve a version that another person wrote; if its law has changed since, it is flagged with that.

    Args:
        version: which.
        text: what the reviewer says to it.
        by: the reviewer.
        settles: whether comments that are still open are settled with it.

    Raises:
        Conflict: it is not in review, or comments on it are open.
        Refused: S-11, the reviewer wrote or imported it; S-04, who knows it teaches for its qualification.
        Forbidden: the person does not review items for the bank.
    """
    _require_reviewable(version, by)
    if settles:
        settle_all(version, by=by)
    require_settled(version)
    version.state = VersionState.APPROVED
    _conclude(version, Verdict.APPROVED, text, by)
    state_live(version.item, by)
    close_flags(version.item, Decision.CHANGED, up_to=version.number - 1, by=by)
    flag_approved(version)


def send_back(version: ItemVersion, text: str, *, by: Person) -> None:
    """Send a version back to its author with a reason.

    Raises:
        Invalid: no reason is given.
        Conflict: it is not in review.
        Refused: S-11, the reviewer wrote or imported it.
        Forbidden: the person does not review items for the bank.
    """
    if not text.strip():
        raise Invalid(_("Say what is to be changed."))
    _require_reviewable(version, by)
    version.state = VersionState.DRAFT
    _conclude(version, Verdict.SENT_BACK, text, by)


def _require_reviewable(version: ItemVersion, by: Person) -> None:
    bank = version.item.bank
    if bank.organisation_id not in organisations_of(by, Duty.REVIEW_ITEMS):
        raise Forbidden(_l("You do not review items for this organisation."))
    lock("item", version.item.code)
    db.session.refresh(version)
    if version.state != VersionState.IN_REVIEW or not version.newest:
        raise Conflict(_("The item %(code)s is not in review.", code=version.item.code))
    require_other_than_author(version.author_id, by)
    require_other_than_author(version.item.created_by_id, by)


def _conclude(version: ItemVersion, verdict: Verdict, text: str, by: Person) -> None:
    version.reviewer_id, version.reviewed_at = by.id, clock.now()
    note(version, verdict, text, by)
    state_reviewed(by, version.item.code)
    ledger.append(
        f"item.{verdict.value}",
        by=by,
        side="exam",
        bank=version.item.bank.code,
        item=version.item.code,
        version=version.number,
    )


def retire(version: ItemVersion, text: str, *, by: Person) -> None:
    """Take an item out of use, every version of it that papers may hold: it is set in no further paper.

    Args:
        version: the newest, which is retired whatever its state.
        text: why.
        by: the reviewer.

    Raises:
        Conflict: it is retired already.
        Forbidden: the person does not review items for the bank.
    """
    if version.item.bank.organisation_id not in organisations_of(by, Duty.REVIEW_ITEMS):
        raise Forbidden(_l("You do not review items for this organisation."))
    item = version.item
    lock_pairs(item.bank.organisation_id)
    lock("item", item.code)
    db.session.refresh(version)
    if version.state == VersionState.RETIRED:
        raise Conflict(_("The item is retired."))
    in_use = select(ItemVersion).where(ItemVersion.item_id == item.id, ItemVersion.state.in_(CHOOSABLE))
    # An approved version stays in use while the next is written; a paper may hold it that is not sealed yet.
    for each in {version, *db.session.scalars(in_use.execution_options(populate_existing=True))}:
        each.state = VersionState.RETIRED
    note(version, Verdict.RETIRED, text, by)
    close_flags(item, Decision.RETIRED, up_to=version.number, by=by)
    forget_open([item.id])
    end_live(item, by)
    ledger.append(
        "item.retired", by=by, side="exam", bank=item.bank.code, item=item.code, version=version.number
    )


def is_stood_in_for(version: ItemVersion) -> bool:
    """Tell whether a later version of the item was approved, which counts in its place."""
    return any(each.number > version.number and each.state in CHOOSABLE for each in version.item.versions)


def put_live(version_ids: Sequence[int]) -> None:
    """Mark versions as in use and count that they were set in a paper; called when a paper is sealed."""
    for start in range(0, len(version_ids), 500):
        ids = version_ids[start : start + 500]
        db.session.execute(
            update(ItemVersion)
            .where(ItemVersion.id.in_(ids), ItemVersion.state == VersionState.APPROVED)
            .values(state=VersionState.LIVE)
        )
        used = select(ItemVersion.item_id).where(ItemVersion.id.in_(ids))
        db.session.execute(update(Item).where(Item.id.in_(used)).values(exposure=Item.exposure + 1))


def waiting_for(person: Person, bank: Bank) -> list[int]:
    """Return the ids of the versions that a person may review in a bank, oldest first."""
    in_order = _waiting(person, bank).order_by(ItemVersion.submitted_at, ItemVersion.id)
    return list(db.session.scalars(in_order))


def version_of(version_id: int) -> ItemVersion:
    """Return one of them."""
    return db.session.get_one(ItemVersion, version_id)


def number_waiting(person: Person, bank: Bank) -> int:
    """Return how many versions a person may review in a bank."""
    return db.session.scalar(select(func.count()).select_from(_waiting(person, bank).subquery())) or 0


def _waiting(person: Person, bank: Bank) -> Select[int]:
    return (
        select(ItemVersion.id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(
            ItemVersion.bank_id == bank.id,
            ItemVersion.newest,
            ItemVersion.state == VersionState.IN_REVIEW,
            ItemVersion.author_id != person.id,
            Item.created_by_id != person.id,
        )
    )
