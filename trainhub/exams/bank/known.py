"""What a bank and the rows before ask already: a copy is repeated, what only looks like one is held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.import_report import Report
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.exams.bank.prints import answer_print, asks_the_same, exact_prints, fingerprints
from trainhub.exams.bank.reading import Row
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.remembering import asked_before
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _


@dataclass(frozen=True)
class Found:
    """Who asks what a row asks.

    Args:
        name: code of the item, or place of the row in the same file.
        answer: keyed hash of question and key; empty where it is not known, as of what an item asked before.
        item_id: of the item that asks it now, if one does.
        is_same: whether it is the very question, not one that differs in a sign.
    """

    name: str
    answer: str = ""
    item_id: int | None = None
    is_same: bool = True


class Known:
    """The questions of a bank by their prints, and those of the rows that were noted."""

    def __init__(self, bank: Bank, rows: Iterable[Row]) -> None:
        """Read the prints of a bank, and what those of its items say exactly that some rows may copy."""
        self._bank = bank
        borne = select(Item.fingerprint, Item.code, Item.id).where(Item.bank_id == bank.id)
        self._found = {print_: Found(code) for print_, code in asked_before(bank).items()}
        for print_, code, item_id in db.session.execute(borne):
            self._found[print_] = Found(code, item_id=item_id)
        self._read([row for row in rows if row.outcome is Outcome.GOOD])

    def _read(self, rows: Sequence[Row]) -> None:
        near = [
            self._by(prints(self._bank, row.type, row.body))
            for row in rows
            if row.type and row.body
            for prints in (exact_prints, fingerprints)
        ]
        found = {each.item_id: each for each in near if each is not None and each.item_id is not None}
        numbers = sorted(found)
        for start in range(0, len(numbers), 500):
            lot = ItemVersion.item_id.in_(numbers[start : start + 500])
            newest = select(ItemVersion).where(lot, ItemVersion.newest).options(joinedload(ItemVersion.item))
            for version in db.session.scalars(newest):
                kind, body = ItemType(version.item.type), body_of(version)
                answer = answer_print(self._bank, kind, body)
                self._found[exact_prints(self._bank, kind, body)[0]] = replace(
                    found[version.item_id], answer=answer
                )

    def find(self, row: Row) -> Found | None:
        """Return who asks what a row asks, or nearly that; None if it is new."""
        assert row.type is not None and row.body is not None
        exact = self._by(exact_prints(self._bank, row.type, row.body))
        if exact is not None:
            return exact
        near = self._by(fingerprints(self._bank, row.type, row.body))
        return None if near is None else replace(near, is_same=False)

    def _by(self, prints: Sequence[str]) -> Found | None:
        return next((self._found[each] for each in prints if each in self._found), None)

    def note(self, row: Row) -> None:
        """Let a row be known to those after it."""
        assert row.type is not None and row.body is not None
        found = Found(row.where, answer_print(self._bank, row.type, row.body))
        self._found.setdefault(fingerprints(self._bank, row.type, row.body)[0], found)
        self._found[exact_prints(self._bank, row.type, row.body)[0]] = found

    def tell_repeated(self, row: Row, found: Found, report: Report) -> None:
        """Report a row that somebody asks already; a contradicting key is named."""
        assert row.type is not None and row.body is not None
        report.tell_repeated(row.where, found.name)
        if found.answer and found.answer != answer_print(self._bank, row.type, row.body):
            text = _(
                "The same question as %(other)s, but with another key. Check which is right.",
                other=found.name,
            )
            report.warnings.append({"where": row.where, "text": text})


def as_similar(row: Row, other: str) -> Row:
    """Return a row that is held because only signs tell it from another question."""
    reason = _("This says nearly the same as %(other)s: only signs differ. Check both.", other=other)
    return replace(row, outcome=Outcome.HELD, reason=reason)


def same_or_similar(found: Sequence[Item], row: Row) -> tuple[Item, bool]:
    """Return which of some items that bear a row's print asks the same, else one that asks nearly that."""
    assert row.type is not None and row.body is not None
    for item in found:
        if asks_the_same(item, row.type, row.body):
            return item, True
    return found[0], False
