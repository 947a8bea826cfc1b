"""Word documents: numbered questions with lettered options and a key, or tables like those of a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml.etree import _Element

from trainhub.exams.bank.exchange.carrying_formulas import from_word
from trainhub.exams.bank.exchange.encodings import tidy
from trainhub.exams.bank.exchange.inline import with_inline, without_its_picture
from trainhub.exams.bank.exchange.limits import require_few
from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package, opened
from trainhub.exams.bank.exchange.parts import part_of, targets_of
from trainhub.exams.bank.exchange.showing_pictures import Shown, with_pictures
from trainhub.exams.bank.exchange.word_judging import FORMULA, Draft, judged, type_named
from trainhub.exams.bank.exchange.word_runs import (
    blocks_of,
    cells_in,
    names_in,
    rows_in,
    settle,
    with_blanks,
)
from trainhub.exams.bank.reading.columns import find_header
from trainhub.exams.bank.reading.judging import Outcome
from trainhub.exams.bank.reading.workbook import ParsedFile, Row, read_sheet_list
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.workbooks import Sheet

DOCUMENT = "word/document.xml"
_HEADING = re.compile(
    r"\s*(?:第?[一二三四五六七八九十]+\s*[、.．部]|[（(][一二三四五六七八九十]+[）)])\s*(.*)"
)
_NUMBER = re.compile(r"\s*[（(]?\s*(\d{1,4})\s*[)）.．、]\s*(?!\d)(.*)", re.DOTALL)
_OPTION = re.compile(r"\s*[（(]?([A-HＡ-Ｈ])\s*[.．、:：)）]\s*(.*)", re.DOTALL)
_SEVERAL = re.compile(r"(?:(?<=\s)|(?<=[;；]))(?=[B-HＢ-Ｈ]\s*[.．、:：)）])")
_KEY = re.compile(
    r"\s*[【\[]?\s*(?:正确答案|参考答案|标准答案|答案|answer)\s*[】\]]?\s*[:：]?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_WHY = re.compile(
    r"\s*[【\[]?\s*(?:答案解析|试题解析|解析|解释|explanation)\s*[】\]]?\s*[:：]?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_SOURCE = re.compile(r"\s*[【\[]?\s*(?:法规依据|依据|出处)\s*[】\]]?\s*[:：]\s*(.*)", re.DOTALL)
_WIDE = str.maketrans("ＡＢＣＤＥＦＧＨ", "ABCDEFGH")


def read_word(content: bytes) -> ParsedFile:
    """Read a Word document (.docx).

    Raises:
        Invalid: it cannot be read, holds macros, or no question.
    """
    with opened(content) as package:
        if DOCUMENT not in package:
            raise Invalid(_("This is not a Word document (.docx)."))
        if any(name.lower().endswith("vbaproject.bin") for name in package.names):
            raise Invalid(_("The document holds macros. Save it as .docx without macros and send it again."))
        root = parse(package.read(DOCUMENT))
        settle(root)
        from_word(root)
        held = _held_by(package, root)
    rows: list[Row] = []
    warnings: list[tuple[str, str]] = []
    drafts: list[Draft] = []
    heading, tables = "", 0
    for place, element in enumerate(blocks_of(root.find("body")), start=1):
        if element.tag == "tbl":
            tables += 1
            rows += _read_table(element, tables, warnings, held)
        else:
            for text, pictures, is_listed in _lines(element):
                heading = _take(text, pictures, is_listed, f"paragraph {place}", heading, drafts, warnings)
    require_few(len(drafts))
    rows = [*(with_inline(judged(draft, held)) for draft in drafts), *rows]
    if not rows:
        raise Invalid(_("No numbered question and no table of questions was found in the document."))
    return ParsedFile(tuple(rows), tuple(warnings))


def _lines(paragraph: _Element) -> Iterator[tuple[str, list[str], bool]]:
    """Yield the lines of a paragraph: text, names of its pictures, whether Word numbers it."""
    pieces: list[str] = []
    for each in paragraph.iter("t", "tab", "br", "cr", "noBreakHyphen", "sym"):
        if each.tag == "t":
            pieces.append(each.text or "")
        elif (above := each.getparent()) is not None and above.tag != "tabs":
            pieces.append({"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(str(each.tag), "□"))
    pictures = _names_in(paragraph)
    is_listed = paragraph.find("pPr/numPr") is not None
    lines = tidy(with_blanks("".join(pieces))).split("\n")
    for number, line in enumerate(lines):
        yield line.strip(), pictures if number == 0 else [], is_listed and number == 0


def _take(
    text: str,
    pictures: list[str],
    is_listed: bool,
    where: str,
    heading: str,
    drafts: list[Draft],
    warnings: list[tuple[str, str]],
) -> str:
    """Give a line to the question it belongs to; return the heading that holds from here on."""
    open_ = drafts[-1] if drafts else None
    titled, number = _HEADING.fullmatch(text), _NUMBER.fullmatch(text)
    if titled is not None and type_named(titled.group(1)) is not None:
        return titled.group(1)
    if number is not None and number.group(2).strip():
        drafts.append(Draft(where, number.group(2).strip(), heading))
        _show(drafts[-1], pictures)
    elif (
        is_listed
        and text
        and not _OPTION.fullmatch(text)
        and (open_ is None or open_.key is not None or open_.options)
    ):
        drafts.append(Draft(where, text, heading))
        _show(drafts[-1], pictures)
    elif open_ is not None:
        if text:
            _continue(open_, text)
        _show(open_, pictures)
    elif text:
        warnings.append((where, _("Text before the first question was left aside.")))
    return heading


def _show(draft: Draft, pictures: list[str]) -> None:
    """Note where pictures belong: to the option that was read last, else to the question."""
    place = len(draft.options) if draft.last == "option" else 0
    draft.pictures += [(place, each) for each in pictures]


def _names_in(element: _Element) -> list[str]:
    """Return the names of the pictures in an element; a formula has none and is called so."""
    return names_in(element, FORMULA)


def _held_by(package: Package, root: _Element) -> dict[str, Shown]:
    """Return the pictures of a document by the names that its paragraphs use."""
    told: dict[str, str] = {}
    for drawing in root.iter("drawing"):
        said = next((each.get("descr") or "" for each in drawing.iter("docPr")), "")
        told |= {each.get("embed") or "": said for each in drawing.iter("blip")}
    targets = targets_of(package, DOCUMENT)
    used = set(_names_in(root))
    return {
        name: Shown(target, part_of(package, target), told.get(name, ""))
        for name, target in targets.items()
        if name in used
    }


_PARTS = ((_WHY, "explanation"), (_SOURCE, "source"), (_KEY, "key"))


def _continue(draft: Draft, text: str) -> None:
    for pattern, part in _PARTS:
        found = pattern.fullmatch(text)
        if found is not None and (part != "key" or draft.key is None):
            setattr(draft, part, found.group(1).strip())
            draft.last = part
            return
    if draft.key is None and _OPTION.fullmatch(text):
        for piece in _SEVERAL.split(text):
            option = _OPTION.fullmatch(piece)
            if option is not None:
                draft.options.append((option.group(1).translate(_WIDE), option.group(2).strip(" \t;；")))
        draft.last = "option"
    elif draft.last == "option":
        letter, said = draft.options[-1]
        draft.options[-1] = (letter, f"{said}\n{text}")
    else:
        setattr(draft, draft.last, f"{getattr(draft, draft.last)}\n{text}")


def _read_table(
    table: _Element, number: int, warnings: list[tuple[str, str]], held: dict[str, Shown]
) -> list[Row]:
    name = f"table {number}"
    cells = [
        [tidy("\n".join(_paragraph_text(each) for each in cell.iter("p"))).strip() for cell in cells_in(row)]
        for row in rows_in(table)
    ]
    if find_header(cells) is None:
        if any(text for row in cells for text in row):
            warnings.append((name, _("No header with question and key was found; the sheet was left aside.")))
        return []
    parsed = read_sheet_list([Sheet(name, cells)], asks=False)
    warnings += parsed.warnings
    names = {
        f"{name}!{place}": found
        for place, row in enumerate(rows_in(table), start=1)
        if (found := _names_in(row))
    }
    return [with_inline(_with_named(row, names.get(row.where, []), held)) for row in parsed.rows]


def _with_named(row: Row, names: list[str], held: dict[str, Shown]) -> Row:
    if not names:
        return without_its_picture(row)
    shown = [held[name] for name in names if name in held]
    row = row if len(shown) == len(names) else held_for_pictures(row)
    return with_pictures(row, shown) if shown else row


def _paragraph_text(paragraph: _Element) -> str:
    return with_blanks(
        "".join("\n" if each.tag == "br" else each.text or "" for each in paragraph.iter("t", "br"))
    )


def held_for_pictures(row: Row) -> Row:
    """Return a good row held, because pictures stand in it."""
    if row.outcome is not Outcome.GOOD:
        return row
    return replace(
        row, outcome=Outcome.HELD, reason=_("A picture stands in the row, which is not taken in yet.")
    )
