"""Questions on paper: a small function a type for what is asked, and one for where the answer goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from trainhub.exams.bank.content import Credit, ItemBody, ItemType
from trainhub.exams.bank.details import Blanks, CaseSet, Matching, Number, Part, Rubric
from trainhub.exams.bank.media import media_of
from trainhub.exams.bank.texts import nodes_in
from trainhub.exams.bank.wording import rule_of
from trainhub.exams.papers.content import PaperItem
from trainhub.exams.papers.printing.atoms import Style
from trainhub.exams.papers.printing.laying import Block, Setting, blocks, hung, marked_width
from trainhub.exams.papers.printing.pen import LEFT, TEXT, WIDTH, Pen
from trainhub.exams.papers.printing.scenes import (
    HIGHEST,
    ask_scene,
    files_of,
    height_of_scene,
    is_hazard_film,
    mark_scene,
)
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.typeface import text_width

INDENT, MARK, CHARACTERS_A_LINE, FEWEST_LINES, MOST_LINES = 8.0, 5.5, 30, 4, 24


def text_blocks(pen: Pen, body: ItemBody, text: str, width: float) -> list[Block]:
    """Return one of a question's texts laid out in a width, with its pictures, lists and tables."""
    return blocks(nodes_in(body, text), Setting(Style(TEXT), width, pen.files))


def _offers(pen: Pen, left: float, body: ItemBody, rows: Sequence[tuple[str, str]]) -> None:
    """Write what is offered: side by side where it is short, else one below the other."""
    inner = WIDTH + LEFT - left - INDENT
    for columns in (4, 3, 2):
        if columns > len(rows) or (columns == 3 and len(rows) % 3):
            continue
        wide = inner / columns
        laid = [text_blocks(pen, body, text, wide - MARK - 3) for _mark, text in rows]
        # Lines side by side must be single ones; of pictures two, for four would be too small.
        if all(len(each) == 1 and (each[0].is_line or columns == 2) for each in laid):
            for start in range(0, len(rows), columns):
                _side_by_side(pen, left, rows[start : start + columns], laid[start : start + columns], wide)
            return
    for mark, text in rows:
        for block in hung(text_blocks(pen, body, text, inner - MARK), f"{mark}.", MARK, TEXT):
            pen.block(block, left + INDENT)


def _side_by_side(
    pen: Pen, left: float, rows: Sequence[tuple[str, str]], laid: Sequence[list[Block]], wide: float
) -> None:
    high = max(block.height for each in laid for block in each)
    pen.room(high)
    top = pen.y
    for place, ((mark, _text), each) in enumerate(zip(rows, laid, strict=True)):
        pen.y = top
        (block,) = hung(each, f"{mark}.", MARK, TEXT)
        pen.block(block, left + INDENT + place * wide)
    pen.y = top + high


def _choice(pen: Pen, left: float, body: ItemBody) -> None:
    _offers(pen, left, body, [(each.key, each.text) for each in body.options])


def _nothing(_pen: Pen, _left: float, _body: ItemBody) -> None:
    """A question that offers nothing but itself."""


def _matching(pen: Pen, left: float, body: ItemBody) -> None:
    targets = body.detail.targets if isinstance(body.detail, Matching) else ()
    half = (WIDTH + LEFT - left - INDENT) / 2
    for place in range(max(len(body.options), len(targets))):
        columns = [
            list(hung(text_blocks(pen, body, each.text, half - MARK - 6), f"{each.key}.", MARK, TEXT))
            for offered in (body.options, targets)
            for each in offered[place : place + 1]
        ]
        columns = columns if place < len(body.options) else [[], *columns]
        high = max(sum(block.height for block in column) for column in columns)
        pen.room(high)
        top = pen.y
        for column, found in enumerate(columns):
            pen.y = top
            for block in found:
                pen.block(block, left + INDENT + column * half)
        pen.y = top + high


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
        longest = body.detail.longest
        told = ngettext("%(num)s character at most", "%(num)s characters at most", longest)
        pen.words(told, left=left + INDENT, size=8.5)


def _case(pen: Pen, left: float, body: ItemBody) -> None:
    for place, part in enumerate(body.detail.parts if isinstance(body.detail, CaseSet) else (), start=1):
        pen.gap(1.2)
        _write(pen, f"({place})", ItemType(part.type), part.body, left + INDENT, _share(pen, body, part))


def _share(pen: Pen, body: ItemBody, part: Part) -> str:
    """Return what a question of a case is worth: its marks, or its weight where they are not whole."""
    whole = sum(each.weight for each in body.detail.parts) if isinstance(body.detail, CaseSet) else 1
    marks = Fraction(pen.marks * part.weight, whole)
    if marks.denominator == 1:
        return ngettext("%(num)s mark", "%(num)s marks", int(marks))
    return _("%(weight)s of %(whole)s parts of the marks", weight=part.weight, whole=whole)


def _told(kind: ItemType, body: ItemBody, worth: str) -> str:
    """Return what stands in small print below a question: what it is worth, and what is earned in part."""
    rule = rule_of(kind, body) if body.credit is Credit.PARTIAL else ""
    return " · ".join(each for each in (worth, rule) if each)


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
    ItemType.HAZARD_SPOTTING: ask_scene,
}
"""How each type is asked on paper; a type that does not stand here cannot be printed."""


def ask(pen: Pen, item: PaperItem) -> None:
    """Write a question as a candidate reads it."""
    pen.files, pen.marks = files_of(item), item.marks
    _write(pen, f"{item.number}.", ItemType(item.type), item.body, LEFT)
    pen.gap()


def room_for(pen: Pen, item: PaperItem) -> float:
    """Return the room that a question takes where it is not broken over two pages."""
    pen.files = files_of(item)
    return _room(pen, item.body, LEFT, _stem(pen, f"{item.number}.", item.body, LEFT))


def _stem(pen: Pen, number: str, body: ItemBody, left: float) -> list[Block]:
    indent = marked_width(number, TEXT, INDENT)
    return list(hung(text_blocks(pen, body, body.stem, WIDTH + LEFT - left - indent), number, indent, TEXT))


def _room(pen: Pen, body: ItemBody, left: float, stem: Sequence[Block]) -> float:
    half = (WIDTH + LEFT - left - INDENT) / 2
    offered = [block for each in body.options for block in text_blocks(pen, body, each.text, half)]
    together = sum(block.height for block in offered) / (1 if all(each.is_line for each in offered) else 2)
    return min(200, sum(block.height for block in stem) + together + height_of_scene(pen, body))


def _write(pen: Pen, number: str, kind: ItemType, body: ItemBody, left: float, worth: str = "") -> None:
    stem, told = _stem(pen, number, body, left), _told(kind, body, worth)
    pen.room(_room(pen, body, left, stem) + (pen.height_of([told], WIDTH + LEFT - left, 9) if told else 0))
    for block in stem:
        pen.block(block, left)
    if told:
        pen.words(told, left=left + INDENT, size=9)
        pen.gap(0.8)
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
    """Where an answer goes: how, whether it takes the whole width of the sheet, and the height to be free."""

    write: Callable[[Pen, float, ItemBody], None]
    wide: bool = True
    room: float = 10.0


ANSWERS: dict[ItemType, Field] = {
    ItemType.TRUE_FALSE: Field(_truth, wide=False),
    ItemType.SINGLE: Field(_lettered, wide=False),
    ItemType.MULTIPLE: Field(_lettered, wide=False),
    ItemType.FILL_IN: Field(_blanks),
    ItemType.NUMERIC: Field(_number),
    ItemType.ORDERING: Field(_in_order),
    ItemType.MATCHING: Field(_pairs),
    ItemType.CONSTRUCTED: Field(_lines),
    ItemType.HAZARD_SPOTTING: Field(mark_scene, room=HIGHEST + 8),
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


def hazard_films(items: Sequence[PaperItem]) -> list[int]:
    """Return the numbers of the questions that ask for hazards in a film."""
    return [item.number for item in items if is_hazard_film(item.body)]


def unprintable(items: Sequence[PaperItem]) -> list[int]:
    """Return the numbers of the questions that cannot be put on paper: for their type, or a sound or film."""
    return [
        item.number
        for item in items
        if ItemType(item.type) not in ASKS
        or any(not each.content_type.startswith("image/") for each in media_of(item.body))
        or any(kind not in ANSWERS for _number, kind, _body in places_of(item))
    ]
