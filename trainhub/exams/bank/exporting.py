"""Taking the items of a bank out as a file: secret items leave the house, and the ledger knows it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.agreeing import use_agreement
from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.standing import Standing
from trainhub.exams.bank.exchange.writing import ALL, Carried, carried, write_items
from trainhub.exams.bank.items import require_author
from trainhub.exams.bank.media import clear_media
from trainhub.exams.bank.models import Bank, Item, ItemVersion, VersionState
from trainhub.exams.bank.models_export import ExportRequest
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person

WITH_FILES = ("qti", "moodle")
"""Forms that carry pictures, sound and films."""

FIELDS = {
    "stem": _l("Question"),
    "options": _l("Options"),
    "answer": _l("Key"),
    "detail": _l("Answers"),
    "explanation": _l("Explanation"),
    "source_article": _l("Rests on"),
    "credit": _l("Partial credit"),
    "media": _l("Files"),
    "rich": _l("Layout"),
    "point": _l("Knowledge point"),
    "level": _l("Difficulty"),
    "cognitive": _l("Cognitive level"),
    ALL: _l("Type, or how it is written"),
}


@dataclass
class Export:
    """The items of a bank as a file, and what its form cannot carry (导出).

    Args:
        form: of the file.
        items: items of the bank that are not retired.
        content: the file; empty if only what cannot be carried was asked for.
        left_out: (code, fields) of items that would no longer be the same question.
        lossy: (code, fields) of items that go out without something.
        refusal: why our import would not take the whole file back, such as its size; empty if it would.
    """

    form: str
    items: int = 0
    content: bytes = b""
    left_out: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    lossy: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    refusal: str = ""

    def plain(self) -> dict[str, Any]:
        """Return what became of the items as plain values."""
        return {
            "format": self.form,
            "items": self.items,
            "exported": self.items - len(self.left_out),
            "left_out": [{"item": code, "fields": list(names)} for code, names in self.left_out],
            "lossy": [{"item": code, "fields": list(names)} for code, names in self.lossy],
            "import_refuses": self.refusal or None,
        }


def weigh_items(bank: Bank, form: str, *, version: str = "2.2") -> Export:
    """Say what a form cannot carry of the items of a bank, retired ones aside, by codes and names of fields.

    Nothing that an item says is told and nothing leaves the house, so no person answers for it.
    """
    export, going = _sorted(bank, form, version)
    if going.items:
        export.refusal = _refusal(going.written(form, version), form)
    return export


def export_items(bank: Bank, form: str, *, by: Person, version: str = "2.2") -> Export:
    """Write the items of a bank, retired ones aside, as a file.

    Args:
        bank: whose items.
        form: of the file.
        by: who takes them out; writes items for the bank.
        version: of QTI.

    Raises:
        Forbidden: the person does not write items for the bank.
        NeedsAgreement: there are more approved items than one person takes out alone, and nobody agreed.
        Invalid: the bank has no item that the form can carry.
    """
    require_author(bank, by)
    agreed = use_agreement(bank, form, by=by)
    export, going = _sorted(bank, form, version)
    if not going.items:
        raise Invalid(_("The bank has no item that this form can carry."))
    export.content = going.written(form, version)
    export.refusal = _refusal(export.content, form)
    _note_export(export, bank, agreed, by)
    return export


@dataclass
class _Going:
    """What goes out: the items, where each stands, and their files."""

    items: list[tuple[ItemType, ItemBody]] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def written(self, form: str, version: str) -> bytes:
        """Return them as one file."""
        return write_items(self.items, form, version, self.files, self.standings)


def _refusal(content: bytes, form: str) -> str:
    """Return why our own import would refuse a file as a whole; each item alone is known to come back."""
    try:
        read_content(content, form)
    except Invalid as problem:
        return str(problem)
    return ""


def _sorted(bank: Bank, form: str, version: str) -> tuple[Export, _Going]:
    """Find of each item what the form can carry of it."""
    export, going = Export(form), _Going()
    for item_version in _newest(bank):
        kind, body = ItemType(item_version.item.type), body_of(item_version)
        export.items += 1
        shown = clear_media(item_version.item.code, body) if form in WITH_FILES else {}
        standing = _standing(item_version.item)
        found = carried(kind, body, form, version, shown, standing)
        _note(export, item_version.item.code, found)
        if not found.is_left_out:
            going.items.append((kind, body))
            going.standings.append(standing)
            going.files |= shown
    return export, going


def _standing(item: Item) -> Standing:
    point = item.knowledge_point
    return Standing("" if point is None else point.code, item.level, item.cognitive or "")


def _newest(bank: Bank) -> Sequence[ItemVersion]:
    statement = (
        select(ItemVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.bank_id == bank.id, ItemVersion.newest, ItemVersion.state != VersionState.RETIRED)
        .order_by(Item.id)
    )
    return db.session.scalars(statement).all()


def _note(export: Export, code: str, found: Carried) -> None:
    if found.is_left_out:
        export.left_out.append((code, found.lost))
    elif found.lost:
        export.lossy.append((code, found.lost))


def _note_export(export: Export, bank: Bank, agreed: ExportRequest | None, by: Person) -> None:
    more = {} if agreed is None else {"request": agreed.code}
    ledger.append(
        "items.exported",
        by=by,
        side="exam",
        bank=bank.code,
        format=export.form,
        items=export.items - len(export.left_out),
        left_out=len(export.left_out),
        sha256=hashlib.sha256(export.content).hexdigest(),
        **more,
    )
