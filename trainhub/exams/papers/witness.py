"""What papers have on record of who assembled, saw and sealed them, and of what is in them."""

from __future__ import annotations

from sqlalchemy import Executable, select

from trainhub.exams.bank.models import Item
from trainhub.exams.papers.models import Paper, Place, Viewing
from trainhub.separation.comparing import Testimony, rows_of


def bear_witness() -> list[Testimony]:
    """Return who assembled, saw and sealed which paper, and which items the sealed ones contain."""
    of_paper = ("person_id", "paper_code")
    contained = (
        select(Paper.code, Item.code)
        .join(Place, Place.paper_id == Paper.id)
        .join(Item, Item.id == Place.item_id)
        .where(Paper.sealed_by_id.is_not(None))
    )
    asked: tuple[tuple[str, tuple[str, ...], Executable], ...] = (
        ("assembled", of_paper, select(Paper.assembled_by_id, Paper.code)),
        ("sealed", of_paper, select(Paper.sealed_by_id, Paper.code).where(Paper.sealed_by_id.is_not(None))),
        ("saw", of_paper, select(Viewing.person_id, Paper.code).join(Paper, Paper.id == Viewing.paper_id)),
        ("contains", ("paper_code", "item_code"), contained),
    )
    return [Testimony(relation, columns, rows_of(statement)) for relation, columns, statement in asked]
