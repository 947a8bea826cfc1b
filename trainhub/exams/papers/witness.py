"""What the tables of papers say of who made, sealed and saw a paper and what is in it, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from trainhub.exams.bank.models import Item
from trainhub.exams.papers.models import Paper, PaperState, Place, Viewing
from trainhub.exams.papers.models_opening import Insider
from trainhub.kernel.witness import Witness, local_day


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold of papers."""
    code = Paper.code.label("paper_code")
    assembled = select(
        Paper.assembled_by_id.label("person_id"), code, local_day(Paper.assembled_at).label("starts_on")
    )
    sealed = select(
        Paper.sealed_by_id.label("person_id"), code, local_day(Paper.sealed_at).label("starts_on")
    ).where(Paper.state == PaperState.SEALED)
    seen = select(Viewing.person_id, code, local_day(Viewing.at).label("starts_on")).join(
        Paper, Paper.id == Viewing.paper_id
    )
    knowing = select(Insider.person_id, code).join(Paper, Paper.id == Insider.paper_id)
    contents = (
        select(code, Item.code.label("item_code"))
        .join(Place, Place.paper_id == Paper.id)
        .join(Item, Item.id == Place.item_id)
        .where(Paper.state == PaperState.SEALED)
    )
    return (
        Witness("assembled", assembled, assembled),
        Witness("sealed", sealed, sealed),
        Witness("saw", select(Viewing.person_id, code).join(Paper, Paper.id == Viewing.paper_id), seen),
        Witness("knows", knowing, knowing),
        Witness("contains", contents, contents),
    )
