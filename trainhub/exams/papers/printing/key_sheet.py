"""The key: what is right, by which rule it earns how much; apart from the booklet, and printed after it.

Hazards are drawn into their pictures behind the table.
"""

from __future__ import annotations

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.wording import Words, in_a_row, words_of
from trainhub.exams.papers.content import PaperContent
from trainhub.exams.papers.printing.pen import LEFT, Cover, Pen, Printed, written
from trainhub.exams.papers.printing.scenes import draw_key
from trainhub.kernel.i18n import _
from trainhub.kernel.pdf import Document

WIDTHS = (18.0, 30.0, 100.0, 26.0)


def key_sheet_pdf(content: PaperContent, cover: Cover) -> Printed:
    """Return the key of a paper."""
    rows: list[list[object]] = [[_("Question"), _("Type"), _("Key"), _("Marks")]]
    for item in content.items:
        words = words_of(item.type, item.body)
        rows.append([item.number, words.label, _key(words), item.marks])
        for place, part in enumerate(words.parts, start=1):
            rows.append([f"{item.number}({place})", part.label, _key(part), ""])

    def write(document: Document) -> None:
        y = document.table(LEFT, 24, WIDTHS, rows, size=9)
        pen = Pen(document, y + 10)
        for item in content.items:
            if item.type == ItemType.HAZARD_SPOTTING:
                draw_key(pen, item)

    return written(_("Key, secret until the sitting has ended"), cover, content, write)


def _key(words: Words) -> str:
    key = in_a_row(words.key)
    return _("%(key)s (%(rule)s)", key=key, rule=words.rule).strip() if words.rule else key
