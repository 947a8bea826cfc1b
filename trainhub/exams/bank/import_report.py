"""What became of each row of a file that was imported, in the form of exchange of the house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from trainhub.exams.bank.levels import level_named
from trainhub.exams.bank.reading import Row
from trainhub.kernel.i18n import ngettext


@dataclass
class Report:
    """What became of each row of a file (导入报告), in the form of exchange of the house."""

    file: str
    rows: int = 0
    imported: int = 0
    duplicates: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    by_type: dict[str, int] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    repeated: list[dict[str, Any]] = field(default_factory=list)
    dry_run: bool = False
    form: str | None = "xlsx"

    def plain(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return (
            {"file": self.file, "format": self.form}
            | {
                name: getattr(self, name)
                for name in ("rows", "imported", "duplicates", "rejected", "held", "by_type", "warnings")
            }
            | {"repeated": self.repeated, "dry_run": self.dry_run}
        )

    def tell_repeated(self, where: str, same_as: str) -> None:
        """Count a row as a duplicate, and say of what."""
        self.duplicates += 1
        self.repeated.append({"where": where, "same_as": same_as})

    def tell_unplaced(self, names: Counter[str]) -> None:
        """Warn of knowledge points that the syllabus has not."""
        for name, count in names.items():
            text = ngettext(
                "There is no knowledge point “%(name)s”: %(num)s item is unplaced.",
                "There is no knowledge point “%(name)s”: %(num)s items are unplaced.",
                count,
                name=name,
            )
            self.warnings.append({"where": self.file, "text": text})

    def tell_unread(self, rows: Iterable[Row]) -> None:
        """Warn of words for difficulties and cognitive levels that are not known here."""
        unread: Counter[str] = Counter()
        for row in rows:
            said, hard = row.cells.get("cognitive", ""), row.cells.get("level", "")
            unread[said] += bool(said and level_named(said) is None)
            unread[hard] += bool(hard and row.level is None)
        for name, count in (+unread).items():
            text = ngettext(
                "The difficulty or cognitive level “%(name)s” is not known: %(num)s item has none.",
                "The difficulty or cognitive level “%(name)s” is not known: %(num)s items have none.",
                count,
                name=name[:40],
            )
            self.warnings.append({"where": self.file, "text": text})
