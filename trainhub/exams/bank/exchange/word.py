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
from trainhub.exams.bank.exchange.showing_pictures import Shown
from trainhub.exams.bank.exchange.word_judging import FORMULA, judged
from trainhub.exams.bank.exchange.word_lines import Line
from trainhub.exams.bank.exchange.word_numbering import Numbering, numbering_of
from trainhub.exams.bank.exchange.word_questions import Gatherer
from trainhub.exams.bank.exchange.word_runs import (
    blocks_of,
    has_tracked,
    names_in,
    rows_in,
    settle,
    struck_in,
    with_blanks,
)
from trainhub.exams.bank.exchange.word_tables import Table, read_table, table_of
from trainhub.exams.bank.reading.workbook import ParsedFile, Row
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

DOCUMENT = "word/document.xml"


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
        from_word(root)
        held, numbering = _held_by(package, root), numbering_of(package)
    gatherer, rows = Gatherer(), list[Row]()
    blocks = list(_blocks(root, numbering))
    for block, ahead in zip(blocks, _ahead(blocks), strict=True):
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
    if not rows:
        raise Invalid(_("No numbered question and no table of questions was found in the document."))
    return ParsedFile(numbered(rows), (*tracked, *gatherer.warnings))


def _blocks(root: _Element, numbering: Numbering) -> Iterator[Line | Table]:
    """Yield the lines and tables of a document in their order."""
    tables, strikes = 0, next(root.iter("strike", "dstrike"), None) is not None
    for place, element in enumerate(blocks_of(root.find("body")), start=1):
        if element.tag == "tbl":
            tables += 1
            yield table_of(element, tables)
        else:
            struck = strikes and struck_in(element)
            yield from _lines(element, f"paragraph {place}", numbering, is_struck=struck)


def _tracked(root: _Element) -> list[tuple[str, str]]:
    """Return what to say of changes that were tracked, at the first of them."""
    if not has_tracked(root):
        return []
    body = root.find("body")
    for place, element in enumerate(blocks_of(body), start=1):
        if has_tracked(element):
            return [(f"paragraph {place}", _("Changes that were tracked are read as if all were accepted."))]
    return []


def _ahead(blocks: list[Line | Table]) -> list[str]:
    """Return after each block the next line that says something; nothing where a table comes first."""
    found: list[str] = []
    ahead = ""
    for block in reversed(blocks):
        found.append(ahead)
        ahead = "" if isinstance(block, Table) else block.text or ahead
    return found[::-1]


def _lines(paragraph: _Element, where: str, numbering: Numbering, *, is_struck: bool) -> Iterator[Line]:
    """Yield the lines of a paragraph; the first bears the number that Word counts for it."""
    pieces: list[str] = []
    for each in paragraph.iter("t", "tab", "br", "cr", "noBreakHyphen", "sym"):
        if each.tag == "t":
            pieces.append(each.text or "")
        elif (above := each.getparent()) is not None and above.tag != "tabs":
            pieces.append({"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(str(each.tag), "□"))
    text = tidy(with_blanks("".join(pieces)))
    pictures = tuple(_names_in(paragraph))
    label = numbering.label(paragraph) if text.strip() or pictures else ""
    for number, line in enumerate((f"{label} {text}" if label else text).split("\n")):
        is_first = number == 0
        beside = pictures if is_first else ()
        yield Line(where, line.strip(), beside, is_first and label is None, is_struck)


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
