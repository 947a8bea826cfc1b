"""Reading question files: what a workbook says, row by row, and what is wrong or doubtful in it."""

from trainhub.exams.bank.reading.workbook import ParsedFile, Row

__all__ = ["ParsedFile", "Row"]
