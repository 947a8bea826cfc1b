"""A reviewer looked at a flagged item and finds it right as it is: said with a reason, by a second person."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.flags import conclude
from trainhub.exams.bank.models import Bank, Item, ItemVersion, Verdict
from trainhub.exams.bank.models_sources import Decision, ItemFlag
from trainhub.exams.bank.relations import require_other_than_author
from trainhub.exams.bank.remarks import note
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of

SHORTEST = 5


def get_flag(code: str, *, by: Person) -> ItemFlag:
    """Return a flag of an item that a person reviews.

    Raises:
        NotFound: there is none.
    """
    statement = (
        select(ItemFlag)
        .join(ItemVersion, ItemVersion.id == ItemFlag.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(ItemFlag.code == code, Bank.organisation_id.in_(organisations_of(by, Duty.REVIEW_ITEMS)))
    )
    flag = db.session.scalar(statement)
    if flag is None:
        raise NotFound(_l("There is no such hint on an item of yours."))
    return flag


def keep_item(flag: ItemFlag, reason: str, *, by: Person) -> None:
    """Say that a flagged item is right as it is; it comes back by new evidence alone.

    Raises:
        Invalid: no reason is given.
        Conflict: the flag is decided.
        Refused: S-11, the person wrote or imported the item.
        Forbidden: the person recorded the change of the law themselves, or does not review for the bank.
    """
    version = flag.version
    if version.item.bank.organisation_id not in organisations_of(by, Duty.REVIEW_ITEMS):
        raise Forbidden(_l("You do not review items for this organisation."))
    if len(reason.strip()) < SHORTEST:
        raise Invalid(_("Say why the item is right as it is."))
    lock("item", version.item.code)
    db.session.refresh(flag)
    if flag.decision is not None:
        raise Conflict(_("This hint has been decided already."))
    require_other_than_author(version.author_id, by)
    require_other_than_author(version.item.created_by_id, by)
    if flag.raised_by_id in records_of(by.id):
        raise Forbidden(
            _l("You recorded the change yourself: a second person says what it means for the item.")
        )
    flag.review = note(version, Verdict.REMARK, reason, by)
    conclude(flag, Decision.KEPT, by)
