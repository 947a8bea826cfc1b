"""Reading question files: what a workbook says, row by row, and what is wrong or doubtful in it."""

from trainhub.exams.bank.reading.workbook import ParsedFile, Row, read_workbook

__all__ = ["ParsedFile", "Row", "read_workbook"]
