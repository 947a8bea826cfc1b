"""Word documents: numbered questions with lettered options and a key, or tables like those of a workbook."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from trainhub.exams.bank.exchange.carrying_formulas import from_word
from trainhub.exams.bank.exchange.encodings import tidy
from trainhub.exams.bank.exchange.found import numbered
from trainhub.exams.bank.exchange.inline import with_inline
from trainhub.exams.bank.exchange.markup import parse
from trainhub.exams.bank.exchange.packages import Package, opened
from trainhub.exams.bank.exchange.parts import part_of, targets_of
from trainhub.exams.bank.exchange.remarks import told_remark
from trainhub.exams.bank.exchange.sheet_doubts import held_if_struck
from trainhub.exams.bank.exchange.showing_pictures import Shown
from trainhub.exams.bank.exchange.word_judging import FORMULA, judged
from trainhub.exams.bank.exchange.word_lines import Line, with_ahead
from trainhub.exams.bank.exchange.word_numbering import Numbering, numbering_of
from trainhub.exams.bank.exchange.word_questions import Gatherer
from trainhub.exams.bank.exchange.word_runs import (
    blocks_of,
    has_tracked,
    names_in,
    rows_in,
    settle,
    with_blanks,
    without_struck,
)
from trainhub.exams.bank.exchange.word_standing_out import NOTHING, stresses_of
from trainhub.exams.bank.exchange.word_tables import Table, read_table, table_of
from trainhub.exams.bank.reading.workbook import ParsedFile, Row
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

DOCUMENT = "word/document.xml"
COMMENTS = "word/comments.xml"


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
        tracked = _tracked(root)
        settle(root)
        meant = without_struck(root)
        from_word(root)
        held = _held_by(package, root)
        rows, warnings = _read(root, held, numbering_of(package))
        if meant is not None:
            from_word(meant)
            others = {row.where: row for row in _read(meant, held, numbering_of(package))[0]}
            rows = [held_if_struck(row, others.get(row.where)) for row in rows]
        remarks = _remarks(package, root)
    if not rows:
        raise Invalid(_("No numbered question and no table of questions was found in the document."))
    return ParsedFile(tuple(rows), (*tracked, *warnings, *remarks))


def _read(
    root: _Element, held: dict[str, Shown], numbering: Numbering
) -> tuple[list[Row], list[tuple[str, str]]]:
    """Return the questions of a document, and what to say of what was left aside."""
    gatherer, rows = Gatherer(), list[Row]()
    for block, ahead in with_ahead(_blocks(root, numbering)):
        if isinstance(block, Table):
            names = {
                f"{block.name}!{number}": found
                for number, row in enumerate(rows_in(block.element), start=1)
                if (found := _names_in(row))
            }
            rows += read_table(block, gatherer, held, names)
        else:
            gatherer.take(block, ahead)
    left = gatherer.conclude()
    rows = [*(with_inline(judged(draft, held)) for draft in gatherer.drafts), *rows, *map(with_inline, left)]
    return list(numbered(rows)), gatherer.warnings


def _remarks(package: Package, root: _Element) -> list[tuple[str, str]]:
    """Return what to say of comments (批注), each at the paragraph or table where it stands."""
    if COMMENTS not in package:
        return []
    said = {
        each.get("id"): "".join(text.text or "" for text in each.iter("t"))
        for each in parse(package.read(COMMENTS)).iter("comment")
    }
    found, tables = [], 0
    for place, block in enumerate(blocks_of(root.find("body")), start=1):
        tables += block.tag == "tbl"
        where = f"table {tables}" if block.tag == "tbl" else f"paragraph {place}"
        named = (each.get("id") for each in block.iter("commentReference"))
        found += [(where, told_remark(said[each])) for each in named if each in said]
    return found


def _blocks(root: _Element, numbering: Numbering) -> Iterator[Line | Table]:
    """Yield the lines and tables of a document in their order."""
    tables = 0
    for place, element in enumerate(blocks_of(root.find("body")), start=1):
        if element.tag == "tbl":
            tables += 1
            yield table_of(element, tables)
        else:
            yield from _lines(element, f"paragraph {place}", numbering)


def _tracked(root: _Element) -> list[tuple[str, str]]:
    """Return what to say of changes that were tracked, at the first of them."""
    if not has_tracked(root):
        return []
    body = root.find("body")
    for place, element in enumerate(blocks_of(body), start=1):
        if has_tracked(element):
            return [(f"paragraph {place}", _("Changes that were tracked are read as if all were accepted."))]
    return []


def _lines(paragraph: _Element, where: str, numbering: Numbering) -> Iterator[Line]:
    """Yield the lines of a paragraph; the first bears the number that Word counts for it."""
    pieces: list[str] = []
    for each in paragraph.iter("t", "tab", "br", "cr", "noBreakHyphen", "sym"):
        if each.tag == "t":
            pieces.append(each.text or "")
        elif (above := each.getparent()) is not None and above.tag != "tabs":
            pieces.append({"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(str(each.tag), "□"))
    text = _read_as("".join(pieces))
    pictures = tuple(_names_in(paragraph))
    label = numbering.label(paragraph) if text.strip() or pictures else ""
    before = f"{label} " if label else ""
    stresses = stresses_of(paragraph, _read_as, before)
    for number, line in enumerate((before + text).split("\n")):
        is_first = number == 0
        beside = pictures if is_first else ()
        stress = stresses[number] if number < len(stresses) else NOTHING
        yield Line(where, line.strip(), beside, is_first and label is None, stress)


def _read_as(text: str) -> str:
    return tidy(with_blanks(text))


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
