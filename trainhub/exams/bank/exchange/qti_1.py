"""QTI 1.2, as its standard has it and as Canvas and others write it: items wherever they stand in a file."""

from __future__ import annotations

import html
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import Blank, Blanks, Number, Rubric
from trainhub.exams.bank.exchange import qti_1_beside as beside
from trainhub.exams.bank.exchange import qti_1_keys as keys
from trainhub.exams.bank.exchange.carrying import Carrying, Files, no_files
from trainhub.exams.bank.exchange.found import BLANK, Question, Unfit, as_row, rejected
from trainhub.exams.bank.exchange.gift import pair_up
from trainhub.exams.bank.exchange.wording import Wording, as_html, from_either, from_html
from trainhub.exams.bank.reading.workbook import Row
from trainhub.kernel.i18n import _

_RESPONSES = ("response_lid", "response_str", "response_num", "response_xy", "response_grp", "response_na")


def read_items(root: _Element, place: str, files: Files = no_files) -> Iterator[Row]:
    """Yield a row for each item of a file.

    Args:
        root: its outermost element.
        place: name of the file within its package and a space, empty for a file that stands alone.
    """
    known = frozenset(each.get("ident") or "" for each in root.iter("item"))
    for element in root.iter("item", *beside.ELSEWHERE):
        where = f"{place}line {element.sourceline}"
        if element.tag == "item":
            yield _read_item(element, where, files)
        elif reason := beside.elsewhere(element, known):
            yield rejected(where, reason)


def _read_item(element: _Element, where: str, files: Files) -> Row:
    inside: dict[str, bytes] = {}
    question = Question(where, carrying=Carrying(lambda name: inside.get(name) or files(name)))
    named = beside.type_of(element)
    presentation = element.find("presentation")
    responses = [] if presentation is None else [each for each in presentation.iter(*_RESPONSES)]
    question.stem = _stem(question, presentation, named)
    if beside.is_unfit(named) or presentation is None or not responses:
        name = named or (str(responses[0].tag) if responses else "presentation")
        return rejected(where, _unknown(name), question.stem)
    foreign = [
        str(each.tag) for each in responses if each.tag in ("response_xy", "response_grp", "response_na")
    ]
    foreign += [str(each.tag) for each in presentation.iter("render_hotspot", "render_slider")]
    if foreign:
        return rejected(where, _unknown("、".join(dict.fromkeys(foreign))), question.stem)
    _show_files(question, presentation, inside)
    beside.read_feedback(question, element, _material)
    if beside.is_apart_from_its_text(element):
        question.doubts.append(
            _("A text before the questions of its section belongs to it, and is not taken in.")
        )
    if doubt := beside.doubt_about(named):
        question.doubts.append(doubt)
    try:
        _read_responses(question, element, responses, named)
    except Unfit as problem:
        return rejected(where, str(problem), question.stem, question.kind)
    return as_row(question)


def _show_files(question: Question, presentation: _Element, inside: dict[str, bytes]) -> None:
    """Show the files that stand beside the words of a question; put those that it holds itself ``inside``."""
    for wide in presentation.iter("matimage", "mataudio", "matvideo", "matapplet"):
        name = wide.get("uri") or wide.get("entityref") or str(wide.tag)
        if wide.get("embedded") == "base64":
            name = f"{len(inside) + 1}/{name}"
            inside[name] = beside.held_in_itself(wide)
        shown = f'<img src="{html.escape(name)}">' if wide.tag == "matimage" else ""
        question.stem += question.says(Wording("", ("img",), (name,), html=shown))


def _unknown(name: str) -> str:
    return _("Questions of the type “%(name)s” cannot be taken in.", name=name[:60])


def _material(material: _Element) -> Wording:
    """Return what a material says; its text may be HTML of either kind."""
    pieces: list[str] = []
    for each in material.iter("mattext", "matemtext", "mat_formattedtext", "matbreak"):
        if each.tag == "matbreak":
            pieces.append("<br/>")
        elif "html" in (each.get("texttype") or each.get("type") or "").lower():
            pieces.append(_inner(each))
        else:
            said = from_either(each.text or "")
            pieces.append(as_html(said.text) if not said.lost else each.text or "")
    return from_html("".join(pieces))


def _inner(element: _Element) -> str:
    """Return what stands in an element as HTML: written as text, or as elements of their own."""
    pieces = [element.text or ""]
    for child in element:
        pieces.append(etree.tostring(child, encoding="unicode", method="html"))
    return "".join(pieces)


def _stem(question: Question, presentation: _Element | None, named: str) -> str:
    """Return the text before and between the responses, with a sign for each blank."""
    if presentation is None:
        return ""
    pieces: list[str] = []
    _gather(question, presentation, pieces)
    lone = [piece for piece in pieces if piece]
    if BLANK in lone:
        return " ".join(lone)
    return "\n".join(lone)


def _gather(question: Question, element: _Element, pieces: list[str]) -> None:
    for child in element:
        if child.tag == "material":
            pieces.append(question.says(_material(child)))
        elif child.tag == "flow" and beside.asks_in_blocks(child):
            pieces += [BLANK for _each in child.iter("response_str", "response_num")]
        elif child.tag in ("response_str", "response_num"):
            _gather(question, child, pieces)
            pieces.append(BLANK)
        elif child.tag in ("flow", "flow_mat", "response_xy", "render_fib"):
            _gather(question, child, pieces)


def _read_responses(question: Question, element: _Element, responses: list[_Element], named: str) -> None:
    lists = [each for each in responses if each.tag == "response_lid"]
    if len(lists) == len(responses):
        if beside.read_block_matching(question, element, _material):
            return
        if named == beside.SEVERAL_BLANKS:
            _read_named_blanks(question, element, lists)
        elif len(lists) > 1:
            _read_matching(question, element, lists)
        else:
            _read_list(question, element, lists[0], named)
    elif lists:
        names = "、".join(dict.fromkeys(str(each.tag) for each in responses))
        raise Unfit(
            _(
                "The question mixes ways of answering that cannot be taken in together: %(names)s.",
                names=names,
            )
        )
    else:
        _read_texts(question, element, responses, named)
    inside = [
        each for each in lists if f"[{(each.get('ident') or '').removeprefix('response_')}]" in question.stem
    ]
    if inside and named != beside.SEVERAL_BLANKS:
        question.doubts.append(_("The text has places to fill in, but the file does not say in which way."))


def _labels(question: Question, response: _Element) -> None:
    for label in response.iter("response_label"):
        material = label.find(".//material")
        text = question.says(_material(material)) if material is not None else ""
        if not text and not question.doubts:
            question.doubts.append(_("Every option needs a text."))
        question.options.append(text)
        question.names.append(label.get("ident") or "")


def _read_list(question: Question, element: _Element, response: _Element, named: str) -> None:
    _labels(question, response)
    kinds = {"Single": ItemType.SINGLE, "Multiple": ItemType.MULTIPLE, "Ordered": ItemType.ORDERING}
    cardinality = (response.get("rcardinality") or "Single").capitalize()
    question.kind = ItemType.ORDERING if named == beside.ORDER else kinds.get(cardinality)
    if question.kind is ItemType.ORDERING:
        question.key = keys.ordered(element)
        if sorted(question.key) != sorted(question.names):
            question.doubts.append(_("The key does not name every option once."))
        return
    earning = keys.earning(element)
    if question.kind is ItemType.MULTIPLE:
        question.key = list(earning)
        return
    best = max(earning.values(), default=0.0)
    question.key = [name for name, marks in earning.items() if marks == best]
    if len(question.key) < len(earning):
        question.notes.append(_("Answers that earn a part of the marks count as wrong here."))


def _read_matching(question: Question, element: _Element, lists: list[_Element]) -> None:
    question.kind = ItemType.MATCHING
    right: dict[str, str] = {}
    right_names: list[str] = []
    key = keys.by_response(element)
    for place, response in enumerate(lists):
        material = response.find("material")
        question.options.append("" if material is None else question.says(_material(material)))
        for label in response.iter("response_label"):
            holder = label.find(".//material")
            text = "" if holder is None else question.says(_material(holder))
            if text not in right_names:
                right_names.append(text)
            right[f"{place} {label.get('ident')}"] = text
        for name in key.get(response.get("ident") or "", []):
            if f"{place} {name}" not in right:
                raise Unfit(_("The key “%(key)s” names no option of the question.", key=name[:20]))
            question.key.append(f"{place} {right_names.index(right[f'{place} {name}'])}")
    pair_up(question, right_names, [])


def _read_named_blanks(question: Question, element: _Element, lists: list[_Element]) -> None:
    """Read Canvas's blanks: names in brackets in the text, their answers below."""
    question.kind = ItemType.FILL_IN
    blanks = []
    for response in lists:
        kinds = {each.get("answer_type") for each in response.iter("response_label")} - {None, "openEntry"}
        if kinds:
            names = "、".join(sorted(str(each) for each in kinds))
            raise Unfit(_("Holes of the kind %(names)s cannot be taken in.", names=names))
        name = (response.get("ident") or "").removeprefix("response_")
        accepted = [
            question.says(_material(each)) for each in response.iterfind(".//response_label/material")
        ]
        if f"[{name}]" not in question.stem:
            raise Unfit(_("The text has no place for the blank “%(name)s”.", name=name[:20]))
        if not accepted or not all(accepted):
            raise Unfit(_("The question has no key."))
        blanks.append((question.stem.index(f"[{name}]"), name, Blank(tuple(dict.fromkeys(accepted)))))
    for _place, name, _blank in blanks:
        question.stem = question.stem.replace(f"[{name}]", BLANK, 1)
    question.detail = Blanks(
        tuple(blank for _place, _name, blank in sorted(blanks, key=lambda each: each[0]))
    )


def _read_texts(question: Question, element: _Element, responses: list[_Element], named: str) -> None:
    key = keys.by_response(element)
    forms = {(each.get("fibtype") or "String").capitalize() for each in element.iter("render_fib")}
    numeric = (
        named == beside.NUMBER or responses[0].tag == "response_num" or bool(forms & {"Decimal", "Integer"})
    )
    if len(responses) == 1 and numeric:
        question.kind = ItemType.NUMERIC
        value, tolerance, is_lopsided = keys.number(element)
        question.detail = Number(value, tolerance)
        if is_lopsided or keys.number_of_keys(element) > 1:
            question.doubts.append(_("Several numbers or ranges are right; one alone can be the key."))
        question.stem = question.stem.removesuffix(BLANK).strip()
        return
    if not any(key.values()):
        if len(responses) > 1 or named not in ("", beside.ESSAY):
            raise Unfit(_("The question has no key."))
        question.kind, question.detail = ItemType.CONSTRUCTED, Rubric(())
        question.stem = question.stem.removesuffix(BLANK).strip()
        return
    question.kind = ItemType.FILL_IN
    blanks = []
    responses = _in_the_text(question, responses)
    for response in responses:
        accepted = [text.strip() for text in key.get(response.get("ident") or "", []) if text.strip()]
        if not accepted:
            raise Unfit(_("The question has no key."))
        exactly = keys.is_case_sensitive(element, response.get("ident") or "")
        blanks.append(Blank(tuple(dict.fromkeys(accepted)), exactly))
    question.detail = Blanks(tuple(blanks))


def _in_the_text(question: Question, responses: list[_Element]) -> list[_Element]:
    """Put the blanks where the text names them in brackets, if it names all; return them in its order."""
    names = {id(each): f"[{each.get('ident')}]" for each in responses}
    if not all(question.stem.count(name) == 1 for name in names.values()):
        return responses
    question.stem = question.stem.replace(BLANK, "").rstrip()
    ordered = sorted(responses, key=lambda each: question.stem.index(names[id(each)]))
    for name in names.values():
        question.stem = question.stem.replace(name, BLANK)
    return ordered
