"""The proof of a paper as PDF: for the eyes of who assembled it and who reviews it, never for a candidate."""

from __future__ import annotations

from trainhub.exams.bank.content import TRUE, TYPE_LABELS, ItemType
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.kernel.i18n import _
from trainhub.kernel.pdf import Document, broken_lines

LEFT, WIDTH, SIZE, LINE = 18.0, 174.0, 10.5, 5.6


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
    facts = _(
        "%(count)s questions, %(marks)s marks, pass mark %(pass_mark)s, %(minutes)s minutes",
        count=len(content.items),
        marks=content.marks,
        pass_mark=content.pass_mark,
        minutes=content.minutes,
    )
    document.text(LEFT, y, facts, 10)
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


def _room(document: Document, y: float, height: float) -> float:
    """Return where to go on: here, or at the top of a new page."""
    if y + height <= document.height - 18:
        return y
    document.new_page()
    return 26.0


def _question(document: Document, y: float, item: PaperItem) -> float:
    body = item.body
    stem = f"{item.number}. {body.stem}"
    lines = broken_lines(stem.replace("\n", " "), SIZE, WIDTH)
    options = [broken_lines(f"{option.key}. {option.text}", SIZE, WIDTH - 8) for option in body.options]
    key = _("√ right") if body.answer == (TRUE,) else "".join(body.answer)
    key = key if body.options or body.answer == (TRUE,) else _("× wrong")
    height = LINE * (len(lines) + sum(len(each) for each in options) + 1) + 3
    y = _room(document, y, min(height, 200))
    for line in lines:
        document.text(LEFT, y, line, SIZE)
        y += LINE
    for option in options:
        for line in option:
            document.text(LEFT + 8, y, line, SIZE)
            y += LINE
    words = _("Key: %(key)s, %(marks)s marks, %(code)s", key=key, marks=item.marks, code=item.item_code)
    document.text(LEFT + 8, y, words, 8.5, strong=True)
    return y + LINE + 2.4
