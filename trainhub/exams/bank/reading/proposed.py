"""What is proposed for a held row, as plain values: for the report and for the person who decides."""

from __future__ import annotations

from typing import Any

from trainhub.exams.bank.content import FALSE, TRUE, ItemBody
from trainhub.exams.bank.details import Blanks, Matching, Number, Rubric
from trainhub.exams.bank.reading.blanks import write_blanks
from trainhub.exams.bank.reading.rows import Row
from trainhub.exams.bank.reading.written import write_number
from trainhub.exams.bank.texts import words_in

_SIGNS = {TRUE: "√", FALSE: "×"}


def as_proposal(row: Row) -> dict[str, Any] | None:
    """Return the proposed repair of a held row as plain values, or None.

    ``answer`` names options, or is T or F; ``key`` is the key of any type as people write it.
    """
    if row.body is None or row.type is None:
        return None
    return {
        "type": row.type.value,
        "stem": words_in(row.body, row.body.stem),
        "options": {option.key: words_in(row.body, option.text) for option in row.body.options},
        "answer": "".join(row.body.answer),
        "key": _key_of(row.body),
    }


def _key_of(body: ItemBody) -> str:
    """Return the key of a question in words; empty where its type has none, or it is not known."""
    match body.detail:
        case Blanks():
            return write_blanks(body.detail)
        case Number():
            return write_number(body.detail)
        case Rubric(model=model):
            return words_in(body, model)
        case Matching(targets):
            said = {each.key: words_in(body, each.text) for each in targets}
            return " · ".join(f"{pair} {said.get(pair[1:], '')}".strip() for pair in body.answer)
    return "".join(body.answer) if body.options else "".join(_SIGNS.get(key, key) for key in body.answer)
