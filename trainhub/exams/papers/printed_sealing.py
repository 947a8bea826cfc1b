"""Making the printed forms of a paper while it is sealed: encrypted with its key, hashed into the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select

from trainhub import ledger, regulations
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.papers.models import Paper, PrintedForm
from trainhub.exams.papers.printing import (
    Cover,
    answer_sheet_pdf,
    booklet_pdf,
    hazard_films,
    key_sheet_pdf,
    unprintable,
)
from trainhub.kernel import cipher, clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import DEFAULT, _, _l, in_language
from trainhub.people.models import Organisation, Person


class Kind(StrEnum):
    """What is printed (纸质材料)."""

    BOOKLET = "booklet"
    ANSWER_SHEET = "answer_sheet"
    KEY = "key"


KINDS = {
    Kind.BOOKLET: _l("Question booklet"),
    Kind.ANSWER_SHEET: _l("Answer sheet"),
    Kind.KEY: _l("Key"),
}
_MAKE = {Kind.BOOKLET: booklet_pdf, Kind.ANSWER_SHEET: answer_sheet_pdf, Kind.KEY: key_sheet_pdf}


def seal_forms(
    paper: Paper, content: PaperContent, paper_key: bytes, content_hash: str, *, by: Person
) -> None:
    """Make the printed forms of a paper that is being sealed, and seal them with it.

    Raises:
        Invalid: a question cannot be put on paper.
    """
    require_printable(content.items)
    centre = db.session.get_one(Organisation, paper.organisation_id).name
    known = regulations.qualification(paper.qualification, on=clock.today())
    with in_language(DEFAULT):
        cover = Cover(known.name, centre, paper.code, control_of(content_hash))
        made = {kind: make(content, cover) for kind, make in _MAKE.items()}
    for kind, (pdf, pages) in made.items():
        digest = hashlib.sha256(pdf).hexdigest()
        entry = ledger.append(
            "paper.form_sealed",
            by=by,
            side="exam",
            paper=paper.code,
            form=kind,
            content_hash=digest,
            pages=pages,
        )
        sealed = cipher.encrypt(paper_key, pdf, context_of_form(paper.code, kind))
        db.session.add(
            PrintedForm(
                paper_id=paper.id,
                kind=kind,
                pages=pages,
                content_sealed=sealed,
                content_hash=digest,
                ledger_leaf=entry.leaf_hash,
            )
        )


def require_printable(items: Sequence[PaperItem]) -> None:
    """Raise Invalid unless every question can be put on paper; the sentence names those that cannot."""
    if films := hazard_films(items):
        raise Invalid(
            _(
                "Questions %(numbers)s ask for hazards in a film, which nobody can mark on paper. "
                "Seal without forms, or take questions with pictures.",
                numbers=_in_words(films),
            )
        )
    if numbers := unprintable(items):
        raise Invalid(
            _("Questions %(numbers)s cannot be put on paper. Seal without forms.", numbers=_in_words(numbers))
        )


def _in_words(numbers: Sequence[int]) -> str:
    return _(", ").join(str(number) for number in numbers)


def control_of(content_hash: str) -> str:
    """Return the control code that is printed on each page, in two groups."""
    return f"{content_hash[:4]} {content_hash[4:8]}".upper()


def control_of_paper(paper_code: str) -> str:
    """Return the control code of a sealed paper; of none an empty text, which no page bears."""
    found = db.session.scalar(select(Paper.content_hash).where(Paper.code == paper_code))
    return control_of(found) if found else ""


def has_printed_forms(paper_code: str | None) -> bool:
    """Tell whether forms on paper were sealed with a paper."""
    wanted = select(PrintedForm.id).join(Paper, Paper.id == PrintedForm.paper_id)
    return db.session.scalar(wanted.where(Paper.code == paper_code).limit(1)) is not None


def context_of_form(paper_code: str, kind: str) -> str:
    """Return what a printed form is encrypted for."""
    return f"paper-form:{paper_code}:{kind}"
