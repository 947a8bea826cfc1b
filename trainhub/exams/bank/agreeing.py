"""Taking many approved items out: one person asks with a reason, a second one agrees, for one time."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from trainhub import ledger, regulations
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.exchange.writing import WRITTEN
from trainhub.exams.bank.items import require_author
from trainhub.exams.bank.models import Bank, Item, ItemVersion, VersionState
from trainhub.exams.bank.models_export import ExportRequest, ExportState, reason_context
from trainhub.exams.bank.review import CHOOSABLE
from trainhub.kernel import clock, keys
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.rewrapping import MASTER, sealed_by_master
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of

REASON_LENGTH = (10, 500)
OPEN = (ExportState.ASKED, ExportState.AGREED)

sealed_by_master(ExportRequest, "reason_sealed", reason_context)


class NeedsAgreement(Forbidden):
    """More approved items than one person takes out alone: a second one has to agree."""


def number_approved(bank: Bank) -> int:
    """Return how many items of a bank are approved or in use, the secret that a file would hold.

    One whose newest version is only a draft says nearly what its approved version says: it counts.
    """
    newest, set_in_papers = aliased(ItemVersion), aliased(ItemVersion)
    statement = (
        select(func.count(Item.id))
        .join(newest, newest.item_id == Item.id)
        .where(
            Item.bank_id == bank.id,
            newest.newest,
            newest.state != VersionState.RETIRED,
            exists().where(set_in_papers.item_id == Item.id, set_in_papers.state.in_(CHOOSABLE)),
        )
    )
    return db.session.scalar(statement) or 0


def most_alone() -> int:
    """Return how many approved items one person may take out alone."""
    return int(regulations.value("bank.export.most_alone", on=clock.today()))


def needs_agreement(bank: Bank) -> bool:
    """Tell whether a second person has to agree before the items of a bank are taken out."""
    return number_approved(bank) > most_alone()


def ask_to_export(bank: Bank, form: str, reason: str, *, by: Person) -> ExportRequest:
    """Ask a second person to agree that the items of a bank are taken out; an earlier request ends.

    Raises:
        Invalid: there is no such form, or no reason.
        Conflict: nobody has to be asked.
        Forbidden: the person does not write items for the bank.
    """
    require_author(bank, by)
    reason = reason.strip()
    if form not in WRITTEN:
        raise Invalid(_("There is no such form of files."))
    if not REASON_LENGTH[0] <= len(reason) <= REASON_LENGTH[1]:
        least, most = REASON_LENGTH
        raise Invalid(_("Give a reason of %(least)s to %(most)s characters.", least=least, most=most))
    if not needs_agreement(bank):
        raise Conflict(_("So few approved items are taken out without asking anybody."))
    _lock(bank)
    for earlier in _open_of(bank, by):
        earlier.state = ExportState.WITHDRAWN
    row = ExportRequest(
        bank_id=bank.id,
        form=form,
        items=number_approved(bank),
        code=random_id(),
        asked_by_id=by.id,
        asked_at=clock.now(),
        expires_at=clock.now() + _span(),
        state=ExportState.ASKED,
    )
    row.reason_sealed = keys.seal(MASTER, reason.encode(), reason_context(row))
    db.session.add(row)
    db.session.flush()
    # The reason may speak of items: only its hash stands in the ledger.
    digest = hashlib.sha256(reason.encode()).hexdigest()
    _note("items.export_asked", row, by, form=form, items=row.items, reason_sha256=digest)
    return row


def bank_of_request(code: str, by: Person) -> Bank:
    """Return the bank of which somebody asks to take items out.

    Raises:
        NotFound: there is no such request in a bank for which the person reviews.
    """
    return _request(code, by).bank


def _request(code: str, by: Person) -> ExportRequest:
    banks = select(Bank.id).where(Bank.organisation_id.in_(organisations_of(by, Duty.REVIEW_ITEMS)))
    row = db.session.scalar(
        select(ExportRequest).where(ExportRequest.code == code, ExportRequest.bank_id.in_(banks))
    )
    if row is None:
        raise NotFound(_l("There is no such request."))
    return row


def decide_on_export(code: str, *, agrees: bool, by: Person) -> ExportRequest:
    """Agree that somebody else takes the items of a bank out, or refuse it.

    Raises:
        NotFound: there is no such request in a bank for which the person reviews.
        Forbidden: the person asked themself.
        Conflict: it was decided before, or its time is over.
    """
    row = _request(code, by)
    _lock(row.bank)
    db.session.refresh(row)
    if row.asked_by_id in records_of(by.id):
        raise Forbidden(_l("Somebody else decides: nobody agrees to what they asked for."))
    if row.state != ExportState.ASKED or row.expires_at <= clock.now():
        raise Conflict(_("This request was decided before, or its time is over."))
    row.state = ExportState.AGREED if agrees else ExportState.REFUSED
    row.decided_by_id, row.decided_at = by.id, clock.now()
    row.expires_at = clock.now() + _span()
    _note("items.export_agreed" if agrees else "items.export_refused", row, by)
    return row


def use_agreement(bank: Bank, form: str, *, by: Person) -> ExportRequest | None:
    """Use up what allows a person to take the items of a bank out; None where nobody has to agree.

    Raises:
        NeedsAgreement: a second person has to agree and has not, or has for another form, for fewer items or
            for an earlier time.
    """
    _lock(bank)
    if not needs_agreement(bank):
        return None
    for row in _open_of(bank, by):
        fits = row.form == form and row.items >= number_approved(bank)
        if fits and row.state == ExportState.AGREED and row.expires_at > clock.now():
            row.state, row.used_at = ExportState.USED, clock.now()
            return row
    raise NeedsAgreement(
        _(
            "The bank has more than %(most)s approved items. A second person has to agree before they are "
            "taken out; ask on the page of the bank's export.",
            most=most_alone(),
        )
    )


def own_request(bank: Bank, person: Person) -> ExportRequest | None:
    """Return the last request of a person about a bank."""
    statement = select(ExportRequest).where(
        ExportRequest.bank_id == bank.id, ExportRequest.asked_by_id.in_(records_of(person.id))
    )
    return db.session.scalars(statement.order_by(ExportRequest.id.desc()).limit(1)).first()


def requests_waiting(bank: Bank, person: Person) -> list[ExportRequest]:
    """Return the requests of others about a bank that wait for somebody's agreement."""
    statement = select(ExportRequest).where(
        ExportRequest.bank_id == bank.id,
        ExportRequest.state == ExportState.ASKED,
        ExportRequest.expires_at > clock.now(),
        ExportRequest.asked_by_id.not_in(records_of(person.id)),
    )
    return list(db.session.scalars(statement.order_by(ExportRequest.id)))


def last_requests(bank: Bank, count: int = 10) -> list[ExportRequest]:
    """Return the newest requests about a bank."""
    statement = select(ExportRequest).where(ExportRequest.bank_id == bank.id)
    return list(db.session.scalars(statement.order_by(ExportRequest.id.desc()).limit(count)))


def _open_of(bank: Bank, person: Person) -> list[ExportRequest]:
    statement = select(ExportRequest).where(
        ExportRequest.bank_id == bank.id,
        ExportRequest.asked_by_id.in_(records_of(person.id)),
        ExportRequest.state.in_(OPEN),
    )
    return list(db.session.scalars(statement.with_for_update()))


def _span() -> timedelta:
    return timedelta(hours=int(regulations.value("bank.export.agreed_hours", on=clock.today())))


def _lock(bank: Bank) -> None:
    lock("export", bank.code)


def _note(kind: str, row: ExportRequest, by: Person, **more: str | int) -> None:
    ledger.append(kind, by=by, side="exam", bank=row.bank.code, request=row.code, **more)
