"""How the papers of a sitting were opened, for its proof report: by whom of its officers, or by the clock.

What is told comes from the ledger alone: a column changed in the table of papers changes nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trainhub.exams.papers.models_opening import Opening
from trainhub.kernel.i18n import _l
from trainhub.ledger import Entry
from trainhub.separation.report import Coded, Column, Section, Who
from trainhub.separation.report_ledger import facts_of_entry

WEAKNESS = _l(
    "Opened by the clock, a paper is closed only to those who use this program: whoever runs the server "
    "and its key folder can open it before its time, and the ledger shows only openings made through the "
    "program."
)
STRENGTH = _l(
    "Opened by officers, a paper could not be read from the database and the key folder until two of them "
    "had acted; whoever held the paper before it was sealed, or changes the program itself, is not kept out "
    "by this."
)
_BY_OFFICERS = Coded("officers", _l("two of several officers"))
_BY_CLOCK = Coded("clock", _l("the clock of the server"))
_HELD = Coded("held", _l("held a share"))
_FIRST = Coded("first", _l("gave the first share"))
_SECOND = Coded("second", _l("gave the second share and so opened it"))


def seals(codes: Sequence[str], entries: Sequence[Entry]) -> Section:
    """Return how each of some papers was to be opened, who held shares, who opened it and when."""
    rows: list[tuple[Any, ...]] = []
    ways: set[str] = set()
    for code in codes:
        of_paper = [entry for entry in entries if facts_of_entry(entry).get("paper") == code]
        for sealed in (entry for entry in of_paper if entry.kind == "paper.sealed"):
            way = facts_of_entry(sealed).get("opening", Opening.CLOCK)
            ways.add(way)
            rows += _of_officers(code, sealed, of_paper) if way == Opening.OFFICERS else [_of_clock(code)]
    columns = (
        Column("paper", _l("Paper"), 1.2),
        Column("opened_by", _l("Opened by"), 1.4),
        Column("person", _l("Person")),
        Column("part", _l("Part in it"), 1.6),
        Column("at", _l("When"), 1.3),
        Column("sitting", _l("For the sitting"), 1.2),
    )
    note = WEAKNESS if Opening.CLOCK in ways else STRENGTH if ways else ""
    nothing = _l("No paper was sealed for it.")
    return Section("seals", _l("How the paper was opened"), columns, tuple(rows), note, nothing)


def _of_clock(code: str) -> tuple[Any, ...]:
    return (code, _BY_CLOCK, None, None, None, None)


def _of_officers(code: str, sealed: Entry, of_paper: Sequence[Entry]) -> list[tuple[Any, ...]]:
    holding = [each["officer"] for each in facts_of_entry(sealed)["shares"]]
    rows: list[tuple[Any, ...]] = [
        (code, _BY_OFFICERS, Who(each), _HELD, sealed.at, None) for each in holding
    ]
    for entry in of_paper:
        facts = facts_of_entry(entry)
        if entry.kind == "paper.share_given":
            rows.append((code, _BY_OFFICERS, Who(entry.by_id), _FIRST, entry.at, facts["sitting"]))
        elif entry.kind == "paper.opened_by_two":
            rows.append((code, _BY_OFFICERS, Who(entry.by_id), _SECOND, entry.at, facts["sitting"]))
    return rows
