"""The answer sheet: a place for every answer; of the questions only pictures that crosses are set on."""

from __future__ import annotations

from trainhub.exams.bank.content import TYPE_LABELS, ItemType
from trainhub.exams.bank.details import Scene
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.papers.printing.booklet import named_fields, sections
from trainhub.exams.papers.printing.pen import LEFT, WIDTH, Cover, Pen, Printed, written
from trainhub.exams.papers.printing.questions import ANSWERS, places_of
from trainhub.exams.papers.printing.scenes import HIGHEST, files_of
from trainhub.kernel.i18n import _
from trainhub.kernel.pdf import Document

NUMBER, ROW = 13.0, 7.4


def answer_sheet_pdf(content: PaperContent, cover: Cover) -> Printed:
    """Return the answer sheet of a paper."""

    def write(document: Document) -> None:
        named_fields(document, 24)
        pen = Pen(document, 50)
        pen.words(_("Fill in the boxes with a dark pen. Cross out a wrong one and sign beside it."), size=9)
        pen.gap()
        for kind, items in sections(content):
            # A picture on which crosses are set stands with its heading.
            pen.room(HIGHEST + 40 if kind is ItemType.HAZARD_SPOTTING else 24)
            pen.gap(2)
            pen.line(str(TYPE_LABELS[kind]), size=11.5, strong=True)
            if kind is ItemType.HAZARD_SPOTTING:
                pen.words(_cross(), size=9)
            pen.gap(1.5)
            _section(pen, items)

    return written(_("Answer sheet"), cover, content, write)


def _cross() -> str:
    return _("Where the lines of a cross meet counts. Draw a circle around a cross that is to count no more.")


def _section(pen: Pen, items: list[PaperItem]) -> None:
    places = [(item, *each) for item in items for each in places_of(item)]
    if all(not ANSWERS[kind].wide for _item, _number, kind, _body in places):
        _columns(pen, items)
        return
    for item, number, kind, body in places:
        field = ANSWERS[kind]
        pen.files = files_of(item) if isinstance(body.detail, Scene) else {}
        pen.room(field.room)
        pen.document.text(LEFT, pen.y, number, 9.5, strong=True)
        field.write(pen, LEFT + NUMBER, body)
        pen.gap(1)


def _columns(pen: Pen, items: list[PaperItem]) -> None:
    """Put short answers into columns, read downwards a block of five at a time across."""
    places = [each for item in items for each in places_of(item)]
    widest = max(2 if not body.options else len(body.options) for _number, _kind, body in places)
    wide = NUMBER + widest * 6.4 + 4
    columns = max(1, int(WIDTH // wide))
    for start in range(0, len(places), columns):
        pen.room(ROW)
        top = pen.y
        for place, (number, kind, body) in enumerate(places[start : start + columns]):
            left = LEFT + place * (WIDTH / columns)
            pen.y = top
            pen.document.text(left, pen.y, number, 9.5, strong=True)
            ANSWERS[kind].write(pen, left + NUMBER - 2, body)
        pen.y = top + ROW
        if (start // columns) % 5 == 4:
            pen.gap(2)
