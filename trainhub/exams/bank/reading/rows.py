"""One row of a question file with its judgement, and what is proposed for one that is held."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.details import Medium
from trainhub.exams.bank.media.cleaning import CleanMedium


class Outcome(StrEnum):
    """What a row is judged to be."""

    GOOD = "good"
    REJECTED = "rejected"
    HELD = "held"


@dataclass(frozen=True)
class Row:
    """One row of a question file with its judgement.

    Args:
        where: sheet and row as the spreadsheet shows them, such as ``Sheet1!36``.
        outcome: good, rejected or held.
        type: of the question, if that is known.
        body: what it says; of a held row a proposal, or None if there is none to make.
        reason: why it is not good.
        cells: the cells that were read, by their meaning; for a person who decides.
        point: what its column of knowledge points says.
        level: 1 to 3, if given.
        notes: what a person should know although the row is good.
        media: the files that it shows, cleaned, to be kept with it; of a held row all that came with it.
        named: what the file calls them.
    """

    where: str
    outcome: Outcome
    type: ItemType | None
    body: ItemBody | None
    reason: str
    cells: dict[str, str]
    point: str = ""
    level: int | None = None
    notes: tuple[str, ...] = ()
    media: tuple[CleanMedium, ...] = ()
    named: tuple[Medium, ...] = ()
