"""The proof of a paper as PDF: for the eyes of who assembled it and who reviews it, never for a candidate."""

from __future__ import annotations

from trainhub.exams.bank.content import TYPE_LABELS, ItemType
from trainhub.exams.bank.wording import Words, in_a_row, words_of
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.papers.printing.formulas import beyond, printed
from trainhub.exams.papers.proof_pictures import Printed, pictures_of
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.pdf import Document
from trainhub.kernel.typeface import broken_lines

LEFT, WIDTH, SIZE, SMALL, LINE = 18.0, 174.0, 10.5, 8.5, 5.6


def proof_pdf(content: PaperContent, title: str, reader: str) -> bytes:
    """Return a proof with keys.

    Args:
        content: the paper.
        title: what it examines.
        reader: who reads it; printed on every page.
    """
    footer = _("Proof of %(code)s, secret, read by %(name)s", code=content.code, name=reader)
    document = Document("exam", title, content.code, footer=footer)
    document.new_page()
    y = 26.0
    document.text(LEFT, y, length_of(content), 10)
    y += 9
    kind = ""
    for item in content.items:
        if item.type != kind:
            kind = item.type
            y = _room(document, y, 14)
            document.text(LEFT, y, TYPE_LABELS[ItemType(kind)], 13, strong=True)
            y += 8
        y = _question(document, y, item)
    return document.bytes()


def length_of(content: PaperContent) -> str:
    """Say how long a paper is, and with how many marks it is passed."""
    return _(
        "%(questions)s, %(marks)s, pass mark %(pass_mark)s, %(minutes)s",
        questions=ngettext("%(num)s question", "%(num)s questions", len(content.items)),
        marks=ngettext("%(num)s mark", "%(num)s marks", content.marks),
        pass_mark=content.pass_mark,
        minutes=ngettext("%(num)s minute", "%(num)s minutes", content.minutes),
    )


def _room(document: Document, y: float, height: float) -> float:
    """Return where to go on: here, or at the top of a new page."""
    if y + height <= document.height - 18:
        return y
    document.new_page()
    return 26.0


def _question(document: Document, y: float, item: PaperItem) -> float:
    words = words_of(item.type, item.body)
    code = ngettext("%(num)s mark, %(code)s", "%(num)s marks, %(code)s", item.marks, code=item.item_code)
    y = _words(document, y, words, f"{item.number}. ", code, LEFT)
    for picture in pictures_of(item):
        y = _picture(document, y, picture)
    return y


def _picture(document: Document, y: float, picture: Printed) -> float:
    """Print a picture below its question, with its description."""
    width, height = picture.size_within(WIDTH / 2, 70)
    y = _room(document, y, height + LINE)
    document.picture(LEFT + 8, y - 3, width, height, picture.content)
    return _line(document, y + height + 1, LEFT + 8, picture.description, SMALL)


def _words(document: Document, y: float, words: Words, number: str, code: str, left: float) -> float:
    """Print a question with its key and rule; the questions of a case stand below it, further in."""
    stem = broken_lines(f"{number}{printed(words.nodes)}".replace("\n", " "), SIZE, WIDTH + LEFT - left)
    offered = [f"{line.mark}. {printed(line.nodes)}" for line in (*words.options, *words.targets)]
    inner = WIDTH + LEFT - left - 8
    lines = [line for text in offered for line in broken_lines(text, SIZE, inner)]
    said = [_("Key: %(key)s", key=in_a_row(words.key))] if words.key else []
    said += [each for each in (words.rule, code) if each]
    small = [line for text in said for line in broken_lines(text.replace("\n", " "), SMALL, inner)]
    y = _room(document, y, min(LINE * (len(stem) + len(lines) + len(small)) + 3, 200))
    for line in stem:
        y = _line(document, y, left, line, SIZE)
    for line in lines:
        y = _line(document, y, left + 8, line, SIZE)
    for line in small:
        y = _line(document, y, left + 8, line, SMALL, strong=True)
    for part in words.parts:
        y = _line(document, y + 1.2, left + 8, part.label, SMALL, strong=True)
        y = _words(document, y, part, "", "", left + 8)
    return y + 2.4


def _line(document: Document, y: float, x: float, text: str, size: float, *, strong: bool = False) -> float:
    above, below = beyond(text, size)
    y = _room(document, y, LINE + above + below) + above
    document.text(x, y, text, size, strong=strong)
    return y + LINE + below
