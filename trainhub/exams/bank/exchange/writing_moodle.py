"""Items as Moodle's XML."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import quote

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.details import Blank, Blanks, Matching, Number, Rubric
from trainhub.exams.bank.exchange.facts import facts_in_pairs, write_facts, write_reasons
from trainhub.exams.bank.exchange.found import BLANK
from trainhub.exams.bank.exchange.moodle_markers import markers_of, write_markers
from trainhub.exams.bank.exchange.standing import Pair, Standing, stood
from trainhub.exams.bank.exchange.writing_layout import with_addresses

PLUGIN = "@@PLUGINFILE@@/"
NOTHING: Mapping[str, bytes] = MappingProxyType({})
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
_KINDS = {
    ItemType.SINGLE: "multichoice",
    ItemType.MULTIPLE: "multichoice",
    ItemType.TRUE_FALSE: "truefalse",
    ItemType.NUMERIC: "numerical",
    ItemType.MATCHING: "matching",
    ItemType.ORDERING: "ordering",
    ItemType.CONSTRUCTED: "essay",
}


def write_quiz(
    items: Sequence[Pair], files: Mapping[str, bytes] = NOTHING, standings: Sequence[Standing] = ()
) -> bytes:
    """Return items as one file; a type that Moodle has not stays out."""
    root = etree.Element("quiz")
    for number, (kind, body, standing) in enumerate(stood(items, standings), start=1):
        name = _KINDS.get(kind)
        if kind is ItemType.FILL_IN and isinstance(body.detail, Blanks):
            plain = len(body.detail.blanks) == 1 and body.detail.blanks[0].tolerance is None
            name = "shortanswer" if plain else "cloze"
        size = markers_of(body, files) if kind is ItemType.HAZARD_SPOTTING else None
        name = "ddmarker" if size is not None else name
        if name is not None:
            question = etree.SubElement(root, "question", type=name)
            laid = with_addresses(body, lambda name: PLUGIN + quote(name)) if body.rich else body
            told = dict(standing.facts)
            told |= {} if size is None else write_markers(question, body, size, files)
            _question(question, name, kind, laid, number, told)
            if body.rich:
                _lay_out(question, body, files)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _lay_out(question: _Element, body: ItemBody, files: Mapping[str, bytes]) -> None:
    """Say which texts are HTML, and lay the files beside the texts that show them."""
    holders = [*question.iterfind("questiontext"), *question.iterfind("generalfeedback")]
    if question.get("type") in ("multichoice", "ordering", "matching"):
        holders += [*question.iterfind("answer"), *question.iterfind("subquestion")]
    for holder in holders:
        holder.set("format", "html")
        told = "".join(each.text or "" for each in holder.iter("text"))
        for medium in body.media:
            if f'"{PLUGIN}{quote(medium.name)}"' in told:
                file = etree.SubElement(holder, "file", name=medium.name, path="/", encoding="base64")
                file.text = base64.b64encode(files[medium.digest]).decode()


def _text(parent: _Element, tag: str, text: str, form: str = "plain_text") -> _Element:
    holder = etree.SubElement(parent, tag)
    if form:
        holder.set("format", form)
    etree.SubElement(holder, "text").text = text
    return holder


def _question(
    question: _Element, name: str, kind: ItemType, body: ItemBody, number: int, told: Mapping[str, str]
) -> None:
    _text(question, "name", f"{number:05d}", "")
    stem = body.stem
    if name == "cloze" and isinstance(body.detail, Blanks):
        stem = _cloze(stem, body.detail.blanks)
    _text(question, "questiontext", stem)
    _text(question, "generalfeedback", write_reasons(body))
    etree.SubElement(question, "defaultgrade").text = "1"
    facts = {**facts_in_pairs(kind, body), **told}
    if isinstance(body.detail, Blanks):
        facts |= {
            f"tolerance{place}": str(blank.tolerance)
            for place, blank in enumerate(body.detail.blanks)
            if blank.tolerance is not None and not _is_of_numbers(blank)
        }
    if kind is ItemType.ORDERING:
        facts["order"] = "".join(body.answer)
    if name in _WRITERS:
        _WRITERS[name](question, kind, body)
    tags = etree.SubElement(question, "tags")
    etree.SubElement(etree.SubElement(tags, "tag"), "text").text = write_facts(facts)


def _answer(question: _Element, fraction: str, text: str) -> _Element:
    answer = _text(question, "answer", text)
    answer.set("fraction", fraction)
    return answer


def _choice(question: _Element, kind: ItemType, body: ItemBody) -> None:
    is_single = kind is ItemType.SINGLE
    etree.SubElement(question, "single").text = "true" if is_single else "false"
    etree.SubElement(question, "shuffleanswers").text = "true"
    right = f"{100 / max(1, len(body.answer)):.5f}".rstrip("0").rstrip(".")
    for option in body.options:
        wrong = "0" if is_single else "-100"
        _answer(question, right if option.key in body.answer else wrong, option.text)


def _truth(question: _Element, kind: ItemType, body: ItemBody) -> None:
    for sign, word in (("T", "true"), ("F", "false")):
        _answer(question, "100" if body.answer == (sign,) else "0", word)


def _short(question: _Element, kind: ItemType, body: ItemBody) -> None:
    assert isinstance(body.detail, Blanks)
    blank = body.detail.blanks[0]
    etree.SubElement(question, "usecase").text = "01"[blank.case_sensitive]
    for text in blank.accepted:
        _answer(question, "100", text.replace("*", "\\*"))


def _number(question: _Element, kind: ItemType, body: ItemBody) -> None:
    assert isinstance(body.detail, Number)
    answer = _answer(question, "100", str(body.detail.value))
    etree.SubElement(answer, "tolerance").text = str(body.detail.tolerance)
    if not body.detail.unit:
        return
    units = etree.SubElement(question, "units")
    multipliers = [(body.detail.unit, Decimal(1))]
    multipliers += [(each.name, Decimal(1) / each.factor) for each in body.detail.units if each.factor > 0]
    for name, multiplier in multipliers:
        unit = etree.SubElement(units, "unit")
        etree.SubElement(unit, "multiplier").text = format(multiplier.normalize(), "f")
        etree.SubElement(unit, "unit_name").text = name


def _matching(question: _Element, kind: ItemType, body: ItemBody) -> None:
    assert isinstance(body.detail, Matching)
    etree.SubElement(question, "shuffleanswers").text = "true"
    texts = {target.key: target.text for target in body.detail.targets}
    pairs = {pair[0]: pair[1:] for pair in body.answer}
    for option in body.options:
        _pair(question, option.text, texts.get(pairs.get(option.key, ""), ""))
    for key in [key for key in texts if key not in pairs.values()]:
        _pair(question, "", texts[key])


def _pair(question: _Element, left: str, right: str) -> None:
    holder = _text(question, "subquestion", left)
    etree.SubElement(etree.SubElement(holder, "answer"), "text").text = right


def _ordering(question: _Element, kind: ItemType, body: ItemBody) -> None:
    texts = {option.key: option.text for option in body.options}
    for key in body.answer:
        _answer(question, "100", texts[key])


def _essay(question: _Element, kind: ItemType, body: ItemBody) -> None:
    assert isinstance(body.detail, Rubric)
    lines = [f"{each.points}\t{each.text}" for each in body.detail.criteria]
    _text(question, "graderinfo", "\n".join(lines) + "\n\n" + body.detail.model)


def _cloze(stem: str, blanks: Sequence[Blank]) -> str:
    pieces = stem.split(BLANK, len(blanks))
    written = pieces[0]
    for blank, piece in zip(blanks, pieces[1:], strict=False):
        written += _hole(blank) + piece
    return written


def _is_of_numbers(blank: Blank) -> bool:
    """Tell whether a hole for numbers takes all answers of a blank; another is one for words."""
    return all(_NUMBER.fullmatch(each) for each in blank.accepted)


def _hole(blank: Blank) -> str:
    kind = "SHORTANSWER_C" if blank.case_sensitive else "SHORTANSWER"
    answers = [re.sub(r"([}{~=#/\"\\])", r"\\\1", text) for text in blank.accepted]
    if blank.tolerance is not None and _is_of_numbers(blank):
        kind, answers = "NUMERICAL", [f"{text}:{blank.tolerance}" for text in answers]
    return "{1:" + kind + ":" + "~".join(f"={text}" for text in answers) + "}"


_WRITERS: dict[str, Callable[[_Element, ItemType, ItemBody], None]] = {
    "multichoice": _choice,
    "truefalse": _truth,
    "shortanswer": _short,
    "numerical": _number,
    "matching": _matching,
    "ordering": _ordering,
    "essay": _essay,
}
