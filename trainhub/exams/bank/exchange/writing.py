"""Writing a file of items, and saying what its form cannot carry: what was written is read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.standing import NOWHERE, Pair, Standing
from trainhub.exams.bank.exchange.writing_moodle import NOTHING, write_quiz
from trainhub.exams.bank.exchange.writing_qti import VERSIONS
from trainhub.exams.bank.exchange.writing_qti_package import write_package
from trainhub.exams.bank.exchange.writing_tables import is_kept_by_excel, write_csv, write_excel
from trainhub.exams.bank.exchange.writing_text import write_aiken, write_gift
from trainhub.exams.bank.levels import level_named
from trainhub.exams.bank.reading.rows import Outcome, Row
from trainhub.kernel.errors import Invalid

WRITERS: dict[str, Callable[[Sequence[Pair], Sequence[Standing]], bytes]] = {
    "gift": write_gift,
    "aiken": write_aiken,
    "xlsx": write_excel,
    "csv": write_csv,
}
WRITTEN = ("qti", "moodle", *WRITERS)
ENDINGS = {"qti": "zip", "moodle": "xml", "gift": "gift", "aiken": "txt", "xlsx": "xlsx", "csv": "csv"}
_VITAL = frozenset({"stem", "options", "answer", "detail", "media", "rich"})
ALL = "all"


@dataclass(frozen=True)
class Carried:
    """What a form makes of an item.

    Args:
        lost: names of the fields that do not come back as they were; ``all`` if nothing comes back.
    """

    lost: tuple[str, ...]

    @property
    def is_left_out(self) -> bool:
        """Tell whether the item would no longer be the same question, and so stays out of the file."""
        return ALL in self.lost or not _VITAL.isdisjoint(self.lost)


def write_items(
    items: Sequence[Pair],
    form: str,
    version: str = VERSIONS[0],
    files: Mapping[str, bytes] = NOTHING,
    standings: Sequence[Standing] = (),
) -> bytes:
    """Return a file of items.

    Args:
        items: what they say.
        form: of the file.
        version: of QTI.
        files: those that they show, in clear, by their digests.
        standings: where each stands in its bank, in the same order.
    """
    if form == "qti":
        return write_package(items, version, files, standings)
    if form == "moodle":
        return write_quiz(items, files, standings)
    return WRITERS[form](items, standings)


def carried(
    kind: ItemType,
    body: ItemBody,
    form: str,
    version: str = VERSIONS[0],
    files: Mapping[str, bytes] = NOTHING,
    standing: Standing = NOWHERE,
) -> Carried:
    """Return what a form makes of an item: it is written alone and read back.

    A workbook is judged by the CSV of the same cells: making one for each item would take ten times as long.
    """
    if form == "xlsx":
        if not is_kept_by_excel((kind, body)):
            return Carried((ALL,))
        form = "csv"
    try:
        content = write_items([(kind, body)], form, version, files, [standing])
        rows = read_content(content, form).rows
    except (Invalid, ValueError, AssertionError, KeyError):
        return Carried((ALL,))
    row: Row | None = rows[0] if len(rows) == 1 else None
    if row is None or row.body is None or row.type is not kind:
        return Carried((ALL,))
    different = [
        each.name for each in fields(ItemBody) if getattr(row.body, each.name) != getattr(body, each.name)
    ]
    if row.outcome is not Outcome.GOOD:
        return Carried((ALL, *different))
    return Carried((*different, *_elsewhere(row, standing)))


def _elsewhere(row: Row, standing: Standing) -> list[str]:
    """Return what is lost of where an item stands."""
    said = level_named(row.cells.get("cognitive", ""))
    found = Standing(row.point, row.level, said or "")
    return [
        each.name for each in fields(Standing) if getattr(found, each.name) != getattr(standing, each.name)
    ]
