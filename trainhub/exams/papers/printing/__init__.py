"""Printed forms of a paper for sites without machines: question booklet, answer sheet, key (纸质卷)."""

from trainhub.exams.papers.printing.answer_sheet import answer_sheet_pdf
from trainhub.exams.papers.printing.booklet import booklet_pdf
from trainhub.exams.papers.printing.key_sheet import key_sheet_pdf
from trainhub.exams.papers.printing.pen import Cover
from trainhub.exams.papers.printing.questions import hazard_films, unprintable

__all__ = ["Cover", "answer_sheet_pdf", "booklet_pdf", "hazard_films", "key_sheet_pdf", "unprintable"]
