"""A question as its candidate sees it, without a key: for the proof, beside which the key stands."""

from __future__ import annotations

from dataclasses import dataclass

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.details import Blanks, CaseSet, Matching, Rubric
from trainhub.exams.papers.printing.questions import units_of


@dataclass(frozen=True)
class Seen:
    """What a candidate has before them (考生所见).

    Args:
        type: of the question.
        stem: its text.
        options: what it offers, by letter.
        targets: the right side of a matching, by number.
        blanks: how many blanks there are to fill.
        units: in which a number may be given.
        longest: characters that a written response may have.
        parts: the questions of a case.
    """

    type: str
    stem: str
    options: tuple[tuple[str, str], ...] = ()
    targets: tuple[tuple[str, str], ...] = ()
    blanks: int = 0
    units: tuple[str, ...] = ()
    longest: int = 0
    parts: tuple[Seen, ...] = ()


def seen_of(kind: str, body: ItemBody) -> Seen:
    """Return what a candidate sees of a question; the order of what is offered is drawn for each of them."""
    detail = body.detail
    return Seen(
        str(ItemType(kind)),
        body.stem,
        tuple((each.key, each.text) for each in body.options),
        tuple((each.key, each.text) for each in detail.targets) if isinstance(detail, Matching) else (),
        len(detail.blanks) if isinstance(detail, Blanks) else 0,
        tuple(units_of(body)),
        detail.longest if isinstance(detail, Rubric) else 0,
        tuple(seen_of(each.type, each.body) for each in detail.parts) if isinstance(detail, CaseSet) else (),
    )
