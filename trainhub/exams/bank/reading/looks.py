"""What a sheet looks like whose columns are not surely understood, and the refusal that asks about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trainhub.exams.bank.reading.layouts import Layout, read_layout
from trainhub.exams.bank.reading.sayings import Saying, plain_saying, read_saying
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _


@dataclass(frozen=True)
class Look:
    """A sheet whose columns are not surely understood (待确认的工作表).

    Args:
        layout: what its columns seem to mean.
        reasons: why each seems so, a sentence each, empty where nothing speaks for anything.
        doubts: what is unsure, a sentence each.
        rows: its first rows.
    """

    layout: Layout
    reasons: tuple[Saying | str, ...]
    doubts: tuple[Saying | str, ...]
    rows: tuple[tuple[str, ...], ...]

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "layout": self.layout.plain(),
            "reasons": [plain_saying(each) for each in self.reasons],
            "doubts": [plain_saying(each) for each in self.doubts],
            "rows": [list(row) for row in self.rows],
        }


def read_look(plain: dict[str, Any]) -> Look:
    """Return a look from its plain values."""
    return Look(
        read_layout(plain["layout"]),
        tuple(map(read_saying, plain["reasons"])),
        tuple(map(read_saying, plain["doubts"])),
        tuple(tuple(row) for row in plain["rows"]),
    )


class Unsure(Invalid):
    """A file whose columns are not surely understood: nothing of it is taken in before somebody says more."""

    def __init__(self, message: object, looks: Sequence[Look]) -> None:
        super().__init__(message)
        self.looks = tuple(looks)


def unsure(looks: Sequence[Look]) -> Unsure:
    """Return the refusal of a file that names sheet by sheet what is unsure."""
    named = " ".join(f"{look.layout.sheet}: {' '.join(map(str, look.doubts))}" for look in looks)
    return Unsure(_("The columns are not surely understood. %(doubts)s", doubts=named), looks)
