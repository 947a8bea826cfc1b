"""Writing items: a version is changed until it is handed in for review, then never again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from trainhub import ledger
from trainhub.exams.bank.alike.noting import note_items
from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.bank.citing import cite
from trainhub.exams.bank.content import (
    ItemBody,
    ItemType,
    bigrams,
    check_body,
    write_body,
)
from trainhub.exams.bank.levels import CognitiveLevel
from trainhub.exams.bank.media.needed import note_bodies
from trainhub.exams.bank.media.store import require_known
from trainhub.exams.bank.models import Bank, Gram, Item, ItemVersion, KnowledgePoint, VersionState
from trainhub.exams.bank.prints import print_of, prints_of_new, same_in_bank
from trainhub.exams.bank.relations import state_authored, state_authored_many
from trainhub.exams.bank.remembering import remember
from trainhub.exams.bank.texts import searched_texts
from trainhub.exams.bank.twins import require_no_twins
from trainhub.exams.bank.vault import body_of, keyed_grams, lock_bank, seal_body
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


@dataclass(frozen=True)
class Draft:
    """An item to be written down (待入库试题).

    Args:
        type: its form.
        body: what it says.
        knowledge_point: where it belongs, if known.
        level: how hard its author thinks it, 1 to 3.
        cognitive: what it asks of the mind, if known.
    """

    type: ItemType
    body: ItemBody
    knowledge_point: KnowledgePoint | None = None
    level: int | None = None
    cognitive: CognitiveLevel | None = None


def require_author(bank: Bank, by: Person) -> None:
    """Raise Forbidden unless a person writes items for a bank."""
    if bank.organisation_id not in organisations_of(by, Duty.AUTHOR_ITEMS):
        raise Forbidden(_l("You do not write items for this organisation."))


def write_item(bank: Bank, draft: Draft, *, by: Person) -> Item:
    """Add an item as a draft.

    Raises:
        Invalid: the body is no sound question, or two of its options say the same.
        Conflict: the bank has this question.
        Forbidden: the person does not write items for the bank.
    """
    require_author(bank, by)
    check_body(draft.type, draft.body)
    require_no_twins(draft.body)
    lock_bank(bank)
    require_known(bank, draft.body)
    _require_new(bank, draft.type, draft.body, None)
    item = add_items(bank, [draft], by=by)[0]
    ledger.append("item.written", by=by, side="exam", bank=bank.code, item=item.code, version=1)
    return item


def add_items(bank: Bank, drafts: Sequence[Draft], *, by: Person, submit: bool = False) -> list[Item]:
    """Add items whose bodies are checked and new; the caller holds the lock and writes the ledger."""
    now = clock.now()
    prints = prints_of_new(bank, [(draft.type, draft.body) for draft in drafts])
    items = [_item(bank, draft, print_, by) for draft, print_ in zip(drafts, prints, strict=True)]
    for item, draft in zip(items, drafts, strict=True):
        item.versions.append(
            ItemVersion(
                bank_id=bank.id,
                number=1,
                newest=True,
                state=VersionState.IN_REVIEW if submit else VersionState.DRAFT,
                body_sealed=seal_body(bank, item.code, 1, draft.type, draft.body),
                author_id=by.id,
                created_at=now,
                submitted_at=now if submit else None,
            )
        )
    db.session.add_all(items)
    db.session.flush()
    grams = [
        {"hash": gram, "item_id": item.id}
        for item, draft in zip(items, drafts, strict=True)
        for gram in _grams(bank, draft.body)
    ]
    if grams:
        db.session.execute(insert(Gram), grams)
    written = [(item.id, draft.body) for item, draft in zip(items, drafts, strict=True)]
    note_items(bank.organisation_id, written)
    bodies = zip((item.versions[0].id for item in items), (draft.body for draft in drafts), strict=True)
    written_down = list(bodies)
    cite(bank.organisation_id, written_down)
    note_bodies(bank, written_down)
    state_authored_many(by, [item.code for item in items])
    return items


def _item(bank: Bank, draft: Draft, print_: str, by: Person) -> Item:
    return Item(
        code=f"Q-{readable_code(8)}",
        bank=bank,
        type=draft.type,
        knowledge_point=draft.knowledge_point,
        level=draft.level,
        cognitive=draft.cognitive,
        fingerprint=print_,
        created_by_id=by.id,
        exposure=0,
    )


def _grams(bank: Bank, body: ItemBody) -> set[int]:
    return keyed_grams(bank, bigrams(searched_texts(body)))


def index(item: Item, body: ItemBody) -> None:
    """Let an item be known and found again by what it says now."""
    bank, kind = item.bank, ItemType(item.type)
    item.fingerprint = print_of(bank, kind, body, item)
    db.session.execute(delete(Gram).where(Gram.item_id == item.id))
    if grams := _grams(bank, body):
        db.session.execute(insert(Gram), [{"hash": each, "item_id": item.id} for each in grams])


def _require_new(bank: Bank, kind: ItemType, body: ItemBody, besides: int | None) -> None:
    found = same_in_bank(bank, kind, body, besides)
    if found is not None:
        raise Conflict(_("The bank has this question already: %(code)s.", code=found.code))


def newest_version(item: Item) -> ItemVersion:
    """Return the newest version of an item."""
    return item.versions[-1]


def is_as_written(item: Item, body: ItemBody) -> bool:
    """Tell whether a body says what the newest version of an item says already."""
    kind = ItemType(item.type)
    return write_body(kind, body) == write_body(kind, body_of(newest_version(item)))


def get_item(code: str, *, by: Person, duties: Sequence[Duty] = ()) -> Item:
    """Return an item of a bank on which a person works.

    Raises:
        NotFound: there is none, or it belongs to another bank.
    """
    statement = (
        select(Item)
        .join(Bank, Bank.id == Item.bank_id)
        .where(Item.code == code, Bank.organisation_id.in_(organisations_of(by, *duties)))
    )
    item = db.session.scalar(statement)
    if item is None:
        raise NotFound(_l("There is no such item in a bank of yours."))
    return item


def revise_item(item: Item, body: ItemBody, *, by: Person) -> ItemVersion:
    """Write an item anew: over its draft if nobody has seen it yet, else as its next version.

    Raises:
        Invalid: the body is no sound question, or two of its options say the same.
        Conflict: the newest version is being reviewed, or another item asks the same.
        Forbidden: the person does not write items for the bank.
    """
    bank, kind = item.bank, ItemType(item.type)
    require_author(bank, by)
    check_body(kind, body)
    require_no_twins(body)
    lock_bank(bank)
    require_known(bank, body)
    current = newest_version(item)
    db.session.refresh(current)
    if current.state == VersionState.IN_REVIEW:
        raise Conflict(_("The item is being reviewed; it can be changed once it is sent back."))
    if current.state == VersionState.RETIRED:
        raise Conflict(_("The item is retired."))
    _require_new(bank, kind, body, item.id)
    remember(item, body_of(current), body)
    version = _next_version(item, current, body, by)
    index(item, body)
    note_items(bank.organisation_id, [(item.id, body)], anew=True)
    cite(bank.organisation_id, [(version.id, body)])
    note_bodies(bank, [(version.id, body)], anew=True)
    state_authored(by, item.code)
    ledger.append("item.written", by=by, side="exam", bank=bank.code, item=item.code, version=version.number)
    return version


def _next_version(item: Item, current: ItemVersion, body: ItemBody, by: Person) -> ItemVersion:
    """Return the version that holds a new body; who handed something in keeps it as it was."""
    kind = ItemType(item.type)
    if current.submitted_at is None and current.author_id == by.id:
        current.body_sealed = seal_body(item.bank, item.code, current.number, kind, body)
        return current
    current.newest = False
    version = ItemVersion(
        item=item,
        bank_id=item.bank_id,
        number=current.number + 1,
        newest=True,
        state=VersionState.DRAFT,
        body_sealed=seal_body(item.bank, item.code, current.number + 1, kind, body),
        author_id=by.id,
    )
    db.session.add(version)
    db.session.flush()
    return version


def submit(versions: Sequence[ItemVersion], *, by: Person) -> int:
    """Hand drafts in for review; from now on nobody changes them.

    Returns:
        How many were drafts.

    Raises:
        Forbidden: the person does not write items for a bank.
    """
    drafts = [version for version in versions if version.state == VersionState.DRAFT]
    for bank in {version.item.bank for version in drafts}:
        require_author(bank, by)
    for version in drafts:
        version.state = VersionState.IN_REVIEW
        version.submitted_at = clock.now()
    if drafts:
        codes = sorted(version.item.code for version in drafts)
        ledger.append("item.submitted", by=by, side="exam", items=codes)
    return len(drafts)
