"""Where the files of items lie: sealed with the key of their bank, and kept once."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.banks import organisations_of, visible
from trainhub.exams.bank.content import ItemBody, Medium
from trainhub.exams.bank.details import CaseSet, Scene
from trainhub.exams.bank.media.cleaning import CleanMedium
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.models_media import BankMedium
from trainhub.exams.bank.vault import keyed_prints, lock_bank, seal, unseal
from trainhub.kernel import clock, storage
from trainhub.kernel.cipher import Undecipherable
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


class ChangedMedium(Conflict):
    """A file is not what the question says it is: it was changed, exchanged or lost."""

    def __init__(self, name: str) -> None:
        super().__init__(_("The file “%(name)s” of a question was changed or is lost.", name=name))


def prints(bank: Bank, digest: str) -> list[str]:
    """Return the keyed hashes under which a file may be known, also while a key is rotated."""
    return keyed_prints(bank, "medium", digest)


def context(medium_id: str) -> str:
    """Return what binds a sealed file to its row."""
    return f"medium:{medium_id}"


def bring(bank: Bank, clean: CleanMedium, *, by: Person) -> BankMedium:
    """Keep a file for the items of a bank; one that the bank has already is kept once, and longer.

    Raises:
        Forbidden: the person does not write items for the bank.
    """
    if bank.organisation_id not in organisations_of(by, Duty.AUTHOR_ITEMS):
        raise Forbidden(_l("You do not write items for this organisation."))
    lock_bank(bank)
    digest = clean.digest
    known = _row(bank, digest)
    if known is not None:
        known.brought_at = clock.now()
        return known
    row = BankMedium(
        id=random_id(),
        bank=bank,
        print=prints(bank, digest)[0],
        content_type=clean.content_type,
        size=len(clean.content),
        width=clean.width,
        height=clean.height,
        duration_ms=clean.duration_ms,
        brought_by_id=by.id,
    )
    row.file_key = storage.put(io.BytesIO(seal(bank, clean.content, context(row.id))), ".sealed")
    db.session.add(row)
    db.session.flush()
    ledger.append("item.file.brought", by=by, side="exam", bank=bank.code, medium=row.id, size=row.size)
    return row


def _row(bank: Bank, digest: str) -> BankMedium | None:
    statement = select(BankMedium).where(
        BankMedium.bank_id == bank.id, BankMedium.print.in_(prints(bank, digest))
    )
    return db.session.scalar(statement)


def get_medium(medium_id: str, *, by: Person) -> BankMedium:
    """Return a file of a bank on which a person works.

    Raises:
        NotFound: there is none, or it belongs to another bank.
    """
    found = db.session.scalar(
        select(BankMedium)
        .join(Bank, Bank.id == BankMedium.bank_id)
        .where(BankMedium.id == medium_id, visible(by))
    )
    if found is None:
        raise NotFound(_l("There is no such file in a bank of yours."))
    return found


def read_clear(row: BankMedium) -> bytes:
    """Return a file in clear.

    Raises:
        ChangedMedium: it was changed or is lost.
    """
    try:
        clear = unseal(row.bank, storage.read(row.file_key), context(row.id))
    except (Undecipherable, NotFound):
        raise ChangedMedium(row.id) from None
    if row.print not in prints(row.bank, hashlib.sha256(clear).hexdigest()):
        raise ChangedMedium(row.id)
    return clear


def media_of(body: ItemBody) -> Iterator[Medium]:
    """Yield the files of a question, those of a case's questions included."""
    yield from body.media
    if isinstance(body.detail, CaseSet):
        for part in body.detail.parts:
            yield from media_of(part.body)


def rows_of_media(bank: Bank, media: Iterable[Medium]) -> dict[str, BankMedium]:
    """Return what is kept of files, by their digests."""
    by_print = {each: medium.digest for medium in media for each in prints(bank, medium.digest)}
    if not by_print:
        return {}
    statement = select(BankMedium).where(BankMedium.bank_id == bank.id, BankMedium.print.in_(by_print))
    return {by_print[row.print]: row for row in db.session.scalars(statement)}


def lengths_of_films(bank: Bank, body: ItemBody) -> dict[str, int]:
    """Return how long the films of a question are, in milliseconds, by their digests."""
    films = [each for each in media_of(body) if each.content_type.startswith("video/")]
    rows = rows_of_media(bank, films)
    return {digest: row.duration_ms for digest, row in rows.items() if row.duration_ms is not None}


def bank_of(item_code: str) -> Bank:
    """Return the bank in which an item is."""
    return db.session.scalars(
        select(Bank).join(Item, Item.bank_id == Bank.id).where(Item.code == item_code)
    ).one()


def clear_media(item_code: str, body: ItemBody) -> dict[str, bytes]:
    """Return the files that a question of a paper shows, in clear, by their digests.

    Raises:
        ChangedMedium: one of them is not what the question says it is.
    """
    wanted = {medium.digest: medium for medium in media_of(body)}
    if not wanted:
        return {}
    rows = rows_of_media(bank_of(item_code), wanted.values())
    clear = {}
    for digest, medium in wanted.items():
        content = _clear_or_nothing(rows.get(digest))
        if hashlib.sha256(content).hexdigest() != digest or rows[digest].content_type != medium.content_type:
            raise ChangedMedium(medium.name)
        clear[digest] = content
    return clear


def _clear_or_nothing(row: BankMedium | None) -> bytes:
    try:
        return b"" if row is None else read_clear(row)
    except ChangedMedium:
        return b""


def require_whole(item_code: str, body: ItemBody) -> None:
    """Raise ChangedMedium unless every file of a question is what the question says it is."""
    clear_media(item_code, body)


def require_known(bank: Bank, body: ItemBody) -> None:
    """Raise Conflict unless the bank has every file that a body names, of the kind that it says.

    Raises:
        Invalid: a hazard lies behind the end of its film, where nobody can mark it.
    """
    media = list(media_of(body))
    rows = rows_of_media(bank, media)
    for medium in media:
        row = rows.get(medium.digest)
        if row is None or row.content_type != medium.content_type:
            raise Conflict(_("The bank has no file “%(name)s”.", name=medium.name))
    if isinstance(body.detail, Scene):
        digest = next(each.digest for each in body.media if each.name == body.detail.medium)
        _require_within(body.detail, rows[digest].duration_ms)


def _require_within(scene: Scene, duration_ms: int | None) -> None:
    for number, region in enumerate(scene.regions, start=1):
        if duration_ms is not None and region.to_ms is not None and region.to_ms > duration_ms:
            length = f"{duration_ms / 1000:g}"
            raise Invalid(
                _(
                    "Hazard %(number)s ends after the film does, which lasts %(length)s s.",
                    number=number,
                    length=length,
                )
            )
