"""The question booklet: a title page with rules, then the questions type by type; never a key."""

from __future__ import annotations

from itertools import groupby

from trainhub.exams.bank.content import TYPE_LABELS, ItemType
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.papers.printing.pen import LEFT, WIDTH, Cover, Pen, Printed, written
from trainhub.exams.papers.printing.questions import ask, room_for
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.pdf import GREY, RULE, Document

NUMERALS = "一二三四五六七八九十"
HEADING = 18.0
"""The room that the heading of a section and what it says to do take."""


def booklet_pdf(content: PaperContent, cover: Cover) -> Printed:
    """Return the booklet of a paper."""

    def write(document: Document) -> None:
        _title_page(document, content, cover)
        document.new_page()
        pen = Pen(document)
        for place, (kind, items) in enumerate(sections(content)):
            # A heading stands with its first question.
            pen.room(HEADING + room_for(pen, items[0]))
            pen.gap(1)
            pen.line(_heading(place, kind, items), size=12.5, strong=True)
            pen.words(_instruction(kind), size=9)
            pen.gap()
            for item in items:
                ask(pen, item)
        pen.room(10)
        pen.document.text(
            LEFT + WIDTH / 2, pen.y + 4, _("End of the questions"), 9, colour=GREY, align="centre"
        )

    return written(_("Question booklet"), cover, content, write)


def sections(content: PaperContent) -> list[tuple[ItemType, list[PaperItem]]]:
    """Return the questions by type, in the order of the paper."""
    groups = groupby(content.items, key=lambda item: item.type)
    return [(ItemType(kind), list(items)) for kind, items in groups]


def _heading(place: int, kind: ItemType, items: list[PaperItem]) -> str:
    each = {item.marks for item in items}
    facts = {"count": len(items), "marks": sum(item.marks for item in items)}
    if len(items) == 1:
        words = ngettext("one question, %(num)s mark", "one question, %(num)s marks", facts["marks"])
    elif len(each) == 1:
        words = ngettext(
            "%(count)s questions of %(num)s mark, %(marks)s marks in all",
            "%(count)s questions of %(num)s marks, %(marks)s marks in all",
            each.pop(),
            **facts,
        )
    else:
        words = _("%(count)s questions, %(marks)s marks in all", **facts)
    number = NUMERALS[place] if place < len(NUMERALS) else str(place + 1)
    return f"{number}、{TYPE_LABELS[kind]}{_(': ')}{words}"


def _instruction(kind: ItemType) -> str:
    return {
        ItemType.TRUE_FALSE: _("Right or wrong: fill in √ or × on the answer sheet."),
        ItemType.SINGLE: _("One answer is right: fill in its letter on the answer sheet."),
        ItemType.MULTIPLE: _("Two or more answers are right: fill in their letters on the answer sheet."),
        ItemType.FILL_IN: _("Write what belongs into each blank on the answer sheet, in their order."),
        ItemType.NUMERIC: _("Write the number, and the unit where one is named, on the answer sheet."),
        ItemType.ORDERING: _("Write the letters in the right order on the answer sheet."),
        ItemType.MATCHING: _("Write on the answer sheet which number belongs to each letter."),
        ItemType.CONSTRUCTED: _("Write your answer on the lines of the answer sheet."),
        ItemType.CASE_SET: _(
            "Read the case; each question of it has a place of its own on the answer sheet."
        ),
        ItemType.HAZARD_SPOTTING: _("Mark each hazard with a cross on the same picture on the answer sheet."),
    }[kind]


def _rules(content: PaperContent) -> list[str]:
    return [
        _("Write your name, ticket number and seat on this page and on the answer sheet."),
        _("Do not open the booklet before the invigilator says so."),
        ngettext(
            "You have %(num)s minute. Only what stands on the answer sheet counts.",
            "You have %(num)s minutes. Only what stands on the answer sheet counts.",
            content.minutes,
        ),
        _("Telephones, watches that connect, and papers of your own stay where you were shown."),
        _("Every page names form and control code. If a page is missing or names another, raise your hand."),
        _("Hand in booklet, answer sheet and rough paper at the end; nothing leaves the room."),
    ]


def _title_page(document: Document, content: PaperContent, cover: Cover) -> None:
    middle = document.width / 2
    document.text(middle, 46, cover.centre, 12, align="centre", colour=GREY)
    document.text(middle, 60, cover.title, 22, align="centre", strong=True)
    document.text(middle, 70, _("Question booklet"), 14, align="centre")
    facts = _(
        "%(marks)s marks · pass mark %(pass_mark)s · %(minutes)s minutes",
        marks=content.marks,
        pass_mark=content.pass_mark,
        minutes=content.minutes,
    )
    document.text(middle, 80, facts, 11, align="centre")
    named_fields(document, 92)
    rows: list[list[object]] = [[_("Section"), _("Type"), _("Questions"), _("Marks")]]
    rows += [
        [
            NUMERALS[place] if place < len(NUMERALS) else place + 1,
            TYPE_LABELS[kind],
            len(items),
            sum(item.marks for item in items),
        ]
        for place, (kind, items) in enumerate(sections(content))
    ]
    rows.append(["", _("All"), len(content.items), content.marks])
    # A paper of every type has rules and form on its title page, too.
    y = document.table(LEFT, 114, [24, 90, 30, 30], rows, size=10 if len(rows) < 10 else 9) + 10
    pen = Pen(document, y)
    pen.line(_("Rules"), size=12.5, strong=True)
    for number, rule in enumerate(_rules(content), start=1):
        pen.words(f"{number}. {rule}", hang=6)
    document.text(LEFT, document.height - 24, _("Form %(code)s", code=cover.code), 11, strong=True)
    control = _("Control %(control)s", control=cover.control)
    document.text(LEFT + WIDTH, document.height - 24, control, 11, align="right")


def named_fields(document: Document, y: float) -> None:
    """Draw the boxes for name, ticket number and seat."""
    left = LEFT
    for label, width in ((_("Name"), 54.0), (_("Ticket number"), 84.0), (_("Seat"), 36.0)):
        document.box(left, y, width - 2, 16, edge=RULE, radius=1.5)
        document.text(left + 2, y + 4.4, label, 8, colour=GREY)
        left += width
