"""What a paper asks of a candidate: one question a screen, those of a case beside it, and never a key.

A case set is asked as the questions it consists of, each at a place of its own: so the journal, the map,
flags, the count of what is open and the rules of alarms treat them as what they are, and a change to one of
them is as small as any other. Marking puts their answers together again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from trainhub.exams.bank.content import Credit
from trainhub.exams.bank.details import CaseSet
from trainhub.exams.bank.rich import as_lists
from trainhub.exams.bank.texts import nodes_in, words_in
from trainhub.exams.delivery.form import Drawable, drawable
from trainhub.exams.delivery.types import response_form


@dataclass(frozen=True)
class Asked:
    """One question as it is asked.

    Args:
        number: of the paper's question it belongs to.
        part: which question of a case, from 1; 0 if it stands alone.
        type: of the response.
        body: in memory, with the key; only ``document_of`` makes of it what a candidate may have.
        marks: what it can earn; None where the questions of a case do not come to whole marks.
        case: what a candidate sees of the case.
    """

    number: int
    part: int
    type: str
    body: Any
    marks: int | None
    case: Mapping[str, Any] | None = None

    @property
    def offered(self) -> list[Any]:
        """What is to choose from or to be filled."""
        return response_form(self.type).offered(self.body)

    @property
    def targets(self) -> tuple[Any, ...]:
        """What the options can be matched with."""
        return response_form(self.type).targets(self.body)

    @property
    def drawable(self) -> Drawable:
        """The question as drawing needs it."""
        keys = tuple(each.key for each in self.targets)
        return drawable(self.number, self.type, self.offered, keys, self.part)

    @property
    def texts(self) -> list[str]:
        """All there is to read, beside the case."""
        told = [self.body.stem, *(each.text for each in (*self.offered, *self.targets))]
        return [words_in(self.body, text) for text in told]


def asked(items: Iterable[Any]) -> list[Asked]:
    """Return the questions of a paper's items, in the paper's order."""
    return [each for item in items for each in _asked(item)]


def _asked(item: Any) -> list[Asked]:
    detail = item.body.detail
    if not isinstance(detail, CaseSet):
        return [Asked(item.number, 0, str(item.type), item.body, item.marks)]
    whole = sum(part.weight for part in detail.parts)
    found = []
    for place, part in enumerate(detail.parts, start=1):
        share = Fraction(item.marks * part.weight, whole)
        marks = int(share) if share.denominator == 1 else None
        case = {
            "text": shown(item.body, item.body.stem),
            "part": place,
            "parts": len(detail.parts),
            "marks": item.marks,
        }
        found.append(Asked(item.number, place, part.type, part.body, marks, case))
    return found


def shown(body: Any, text: str) -> Any:
    """Return a text as the page shows it: as it is, or as the nodes of its layout with its files."""
    return as_lists(nodes_in(body, text)) if body.rich else text


@dataclass(frozen=True)
class Laid:
    """A question of the document, and where its options and targets stand in it by their keys."""

    plain: dict[str, Any]
    options: dict[str, int]
    targets: dict[str, int]


def lay(question: Asked, chance: random.Random) -> Laid:
    """Return a question as the document has it: what a candidate may have is named one by one."""
    options, targets = question.offered, list(question.targets)
    chance.shuffle(options)
    chance.shuffle(targets)
    body = question.body
    plain: dict[str, Any] = {"type": question.type, "marks": question.marks, "stem": shown(body, body.stem)}
    is_bare = not any(option.text for option in options)
    plain["options"] = [] if is_bare else [shown(body, option.text) for option in options]
    if any(target.text for target in targets):
        plain["targets"] = [shown(body, target.text) for target in targets]
    if body.credit is Credit.PARTIAL:
        plain["partial"] = True
    if question.case is not None:
        plain["case"] = dict(question.case)
    plain |= response_form(question.type).given(body)
    return Laid(
        plain,
        {option.key: place for place, option in enumerate(options)},
        {target.key: place for place, target in enumerate(targets)},
    )
