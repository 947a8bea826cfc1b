"""Which papers a person works on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from trainhub.exams.bank.banks import organisations_of
from trainhub.exams.papers.models import Paper, PaperState
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

PAPER_DUTIES = (Duty.ASSEMBLE_PAPERS, Duty.REVIEW_PAPERS)


def get_paper(code: str, *, by: Person, duty: Duty | None = None) -> Paper:
    """Return a paper of an organisation on whose papers a person works.

    Raises:
        NotFound: there is none, or the person has no such duty for it.
    """
    duties = (duty,) if duty else PAPER_DUTIES
    found = db.session.scalar(
        select(Paper).where(Paper.code == code, Paper.organisation_id.in_(organisations_of(by, *duties)))
    )
    if found is None:
        raise NotFound(_l("There is no such paper of yours."))
    return found


def papers_of(person: Person) -> Select[Any]:
    """Return a select of the papers of a person's centres, newest first, without the discarded."""
    return (
        select(Paper)
        .where(
            Paper.organisation_id.in_(organisations_of(person, *PAPER_DUTIES)),
            Paper.state != PaperState.DISCARDED,
        )
        .order_by(Paper.id.desc())
    )


def waiting_for_review(person: Person) -> list[Paper]:
    """Return the papers that a person may review or seal: assembled by somebody else."""
    statement = select(Paper).where(
        Paper.organisation_id.in_(organisations_of(person, Duty.REVIEW_PAPERS)),
        Paper.state.in_((PaperState.ASSEMBLED, PaperState.REVIEWED)),
        Paper.assembled_by_id != person.id,
    )
    return list(db.session.scalars(statement.order_by(Paper.id)))


def sent_back_to(person: Person) -> list[Paper]:
    """Return the papers of a person's centres that were sent back."""
    statement = select(Paper).where(
        Paper.organisation_id.in_(organisations_of(person, Duty.ASSEMBLE_PAPERS)),
        Paper.state == PaperState.SENT_BACK,
    )
    return list(db.session.scalars(statement.order_by(Paper.id)))
