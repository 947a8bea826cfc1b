"""Questions on paper: a small function a type for what is asked, and one for where the answer goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trainhub.exams.bank.content import ItemBody, ItemType, Option
from trainhub.exams.bank.details import Blanks, CaseSet, Matching, Number, Rubric, Target
from trainhub.exams.bank.texts import words_in
from trainhub.exams.papers.content import PaperItem
from trainhub.exams.papers.printing.pen import LEFT, WIDTH, Pen
from trainhub.kernel.i18n import _
from trainhub.kernel.pdf import text_width

INDENT, CHARACTERS_A_LINE, FEWEST_LINES, MOST_LINES = 8.0, 30, 4, 24


def _offers(pen: Pen, left: float, rows: Sequence[tuple[str, str]]) -> None:
    """Write what is offered: side by side where it is short, else one below the other."""
    texts = [f"{mark}. {text}" for mark, text in rows]
    inner = WIDTH + LEFT - left - INDENT
    for columns in (4, 3, 2):
        wide = inner / columns
        is_even = columns != 3 or len(texts) % 3 == 0
        if columns <= len(texts) and is_even and all(text_width(text, 10.5) < wide - 3 for text in texts):
            for start in range(0, len(texts), columns):
                pen.room(6)
                for place, text in enumerate(texts[start : start + columns]):
                    pen.document.text(left + INDENT + place * wide, pen.y, text, 10.5)
                pen.y += 5.8
            return
    for text in texts:
        pen.words(text, left=left + INDENT, hang=6)


def _choice(pen: Pen, left: float, body: ItemBody) -> None:
    _offers(pen, left, [(each.key, words_in(body, each.text)) for each in body.options])


def _nothing(_pen: Pen, _left: float, _body: ItemBody) -> None:
    """A question that offers nothing but itself."""


def _matching(pen: Pen, left: float, body: ItemBody) -> None:
    targets = body.detail.targets if isinstance(body.detail, Matching) else ()
    half = (WIDTH + LEFT - left - INDENT) / 2
    rows = max(len(body.options), len(targets))
    for place in range(rows):
        one = _lettered_text(body, body.options, place)
        two = _lettered_text(body, targets, place)
        pen.room(max(pen.height_of([one], half - 6), pen.height_of([two], half - 6)))
        top = pen.y
        pen.words(one, left=left + INDENT, width=half - 6)
        end, pen.y = pen.y, top
        pen.words(two, left=left + INDENT + half, width=half - 6)
        pen.y = max(end, pen.y)


def _lettered_text(body: ItemBody, offered: Sequence[Option] | Sequence[Target], place: int) -> str:
    if place >= len(offered):
        return ""
    return f"{offered[place].key}. {words_in(body, offered[place].text)}"


def _numeric(pen: Pen, left: float, body: ItemBody) -> None:
    units = units_of(body)
    if units:
        pen.words(_("Unit: %(units)s", units=" / ".join(units)), left=left + INDENT)


def units_of(body: ItemBody) -> list[str]:
    """Return the units in which a numeric question may be answered; which is the key's is not told."""
    detail = body.detail
    return (
        sorted({detail.unit, *(each.name for each in detail.units)} - {""})
        if isinstance(detail, Number)
        else []
    )


def _constructed(pen: Pen, left: float, body: ItemBody) -> None:
    if isinstance(body.detail, Rubric):
        pen.words(_("%(count)s characters at most", count=body.detail.longest), left=left + INDENT, size=8.5)


def _case(pen: Pen, left: float, body: ItemBody) -> None:
    for place, part in enumerate(body.detail.parts if isinstance(body.detail, CaseSet) else (), start=1):
        pen.gap(1.2)
        _write(pen, f"({place}) ", ItemType(part.type), part.body, left + INDENT)


ASKS: dict[ItemType, Callable[[Pen, float, ItemBody], None]] = {
    ItemType.TRUE_FALSE: _nothing,
    ItemType.SINGLE: _choice,
    ItemType.MULTIPLE: _choice,
    ItemType.FILL_IN: _nothing,
    ItemType.NUMERIC: _numeric,
    ItemType.ORDERING: _choice,
    ItemType.MATCHING: _matching,
    ItemType.CONSTRUCTED: _constructed,
    ItemType.CASE_SET: _case,
}
"""How each type is asked on paper; a type that does not stand here cannot be printed."""


def ask(pen: Pen, item: PaperItem) -> None:
    """Write a question as a candidate reads it."""
    _write(pen, f"{item.number}. ", ItemType(item.type), item.body, LEFT)
    pen.gap()


def _write(pen: Pen, number: str, kind: ItemType, body: ItemBody, left: float) -> None:
    stem = number + words_in(body, body.stem)
    texts = [stem, *(f"{each.key}. {words_in(body, each.text)}" for each in body.options)]
    pen.room(min(pen.height_of(texts, WIDTH + LEFT - left - INDENT), 200))
    pen.words(stem, left=left, hang=INDENT)
    ASKS[kind](pen, left, body)


def _boxes(pen: Pen, left: float, marks: Sequence[str]) -> None:
    for mark in marks:
        left = pen.box(left, mark)
    pen.y += 6.4


def _lettered(pen: Pen, left: float, body: ItemBody) -> None:
    _boxes(pen, left, [each.key for each in body.options])


def _truth(pen: Pen, left: float, _body: ItemBody) -> None:
    _boxes(pen, left, ["√", "×"])


def _in_order(pen: Pen, left: float, body: ItemBody) -> None:
    _boxes(pen, left, [""] * len(body.options))


def _labelled(pen: Pen, left: float, labels: Sequence[str], width: float) -> None:
    """Write labels with a line after each, as many side by side as there is room for."""
    start = left
    for label in labels:
        wide = text_width(label, 9.5) + 2 + width
        if left + wide > LEFT + WIDTH:
            left = start
            pen.y += 8
            pen.room(8)
        pen.document.text(left, pen.y, label, 9.5)
        pen.rule(left + text_width(label, 9.5) + 2, width)
        left += wide + 4
    pen.y += 8


def _blanks(pen: Pen, left: float, body: ItemBody) -> None:
    count = len(body.detail.blanks) if isinstance(body.detail, Blanks) else 1
    _labelled(pen, left, [f"({place})" for place in range(1, count + 1)], 42)


def _pairs(pen: Pen, left: float, body: ItemBody) -> None:
    _labelled(pen, left, [f"{each.key} –" for each in body.options], 12)


def _number(pen: Pen, left: float, body: ItemBody) -> None:
    labels = [_("Value")] + ([_("Unit")] if units_of(body) else [])
    _labelled(pen, left, labels, 40)


def _lines(pen: Pen, left: float, body: ItemBody) -> None:
    longest = body.detail.longest if isinstance(body.detail, Rubric) else 0
    number = min(MOST_LINES, max(FEWEST_LINES, -(-longest // CHARACTERS_A_LINE)))
    pen.y += 2
    pen.rules(number, width=WIDTH)


@dataclass(frozen=True)
class Field:
    """Where an answer goes: how, and whether it takes the whole width of the sheet."""

    write: Callable[[Pen, float, ItemBody], None]
    wide: bool = True


ANSWERS: dict[ItemType, Field] = {
    ItemType.TRUE_FALSE: Field(_truth, wide=False),
    ItemType.SINGLE: Field(_lettered, wide=False),
    ItemType.MULTIPLE: Field(_lettered, wide=False),
    ItemType.FILL_IN: Field(_blanks),
    ItemType.NUMERIC: Field(_number),
    ItemType.ORDERING: Field(_in_order),
    ItemType.MATCHING: Field(_pairs),
    ItemType.CONSTRUCTED: Field(_lines),
}
"""Where the answer to each type goes; the questions of a case each have a place of their own."""


def places_of(item: PaperItem) -> list[tuple[str, ItemType, ItemBody]]:
    """Return number, type and body of every answer that a question asks for."""
    detail = item.body.detail
    if not isinstance(detail, CaseSet):
        return [(f"{item.number}", ItemType(item.type), item.body)]
    return [
        (f"{item.number}({place})", ItemType(part.type), part.body)
        for place, part in enumerate(detail.parts, start=1)
    ]


def unprintable(items: Sequence[PaperItem]) -> list[int]:
    """Return the numbers of the questions that cannot be put on paper: for their type, or files they hold."""
    return [
        item.number
        for item in items
        if ItemType(item.type) not in ASKS
        or item.body.media
        or any(kind not in ANSWERS or body.media for _number, kind, body in places_of(item))
    ]
